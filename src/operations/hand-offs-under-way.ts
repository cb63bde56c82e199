import { handOffNames } from '../daemons/linux/hand-off-names.ts'
import { passOnTables } from '../daemons/linux/pass-on-table.ts'
import type { Hosts } from '../hosts/host.ts'
import type { VipReport } from '../steps/vip/vip-report.ts'

/**
 * A hand-off that still carries connections would be cut by another of the same address; one of another address has settings
 * of the same interface on loan. One sentence each.
 */
export async function handOffsUnderWay(hosts: Hosts, { nodes, address }: VipReport): Promise<string[]> {
  const ends = 'it ends with its connections, or by itself (zdt runs)'
  const { table } = handOffNames(address)
  const found = await Promise.all(
    nodes.map(async (node) => {
      const tables = node.error ? [] : await passOnTables(await hosts.on(node.host))
      return tables.map((one) => ({ host: node.host, of: one === table ? address : 'another VIP' }))
    }),
  )
  return found.flat().map(({ host, of }) => `a hand-off of ${of} is under way on ${host}: ${ends}`)
}
