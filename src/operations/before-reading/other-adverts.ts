import { saysAllItself } from '../../daemons/keepalived/config-instances.ts'
import { otherAdverts } from '../../daemons/keepalived/vrrp-differences.ts'
import { vipsOf } from '../../fleet/selectors.ts'
import { textAt } from '../../hosts/text-at.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import type { World } from '../operation.ts'

/** Two nodes of a VIP that would not take each other's adverts: both would become master (TRAPS: Keepalived, case 7). */
export class NodesDiffer extends ZdtError {
  constructor(differences: readonly string[], suggestions: readonly string[]) {
    super('the nodes of a VIP would not take each other’s adverts, and both would hold it', {
      code: 'vrrp-differs',
      exit: 'refused',
      said: differences.join('\n'),
      suggestions,
    })
  }
}

/** Throws NodesDiffer where what lies on a host would not be taken by another node of its VIPs, by what lies there. */
export async function refuseOtherAdverts(
  { fleet, hosts }: Pick<World, 'fleet' | 'hosts'>,
  host: HostName,
): Promise<void> {
  const members = new Map(vipsOf(fleet, host).flatMap((vip) => vip.hosts.map((one) => [one, vip.config] as const)))
  const nodes = await Promise.all(
    [...members].map(async ([name, config]) => ({
      host: name,
      text: (await textAt(await hosts.on(name), config)) ?? '',
    })),
  )
  // What one of them has from elsewhere may be just that.
  const told = nodes.filter(({ text }) => saysAllItself(text))
  const own = told.find((node) => node.host === host)
  const differences = own ? told.flatMap((node) => (node === own ? [] : otherAdverts(own, node))) : []
  if (differences.length > 0)
    throw new NodesDiffer(differences, ['zdt apply keepalived   # all nodes of a VIP at once'])
}
