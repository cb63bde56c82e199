import { handOffNames } from '../daemons/linux/hand-off-names.ts'
import { passOnTables } from '../daemons/linux/pass-on-table.ts'
import { formatDuration } from '../lib/durations.ts'
import type { Hosts } from '../hosts/host.ts'
import type { VipReport } from '../steps/vip/vip-report.ts'

/**
 * A hand-off that still carries connections would be cut by another of the same address; one of another address has settings
 * of the same interface on loan. One sentence each.
 */
export async function handOffsUnderWay(hosts: Hosts, { nodes, address }: VipReport): Promise<string[]> {
  const { table } = handOffNames(address)
  const found = await Promise.all(
    nodes.map(async (node) => {
      if (node.error) return []
      const tables = await passOnTables(await hosts.on(node.host))
      return tables.map((one) => {
        const ends = one === table ? node.handOffEnds : undefined
        const within = ends === undefined ? '' : ` in ${formatDuration(ends)} at the latest`
        const of = one === table ? address : 'another VIP'
        return `a hand-off of ${of} is under way on ${node.host}: it ends with its connections, or by itself${within} (zdt runs)`
      })
    }),
  )
  return found.flat()
}
