import { vrrpDifferences, type VrrpNode } from '../../daemons/keepalived/vrrp-differences.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import type { HostName } from '../../lib/types.ts'
import { NodesDiffer } from '../before-reading/other-adverts.ts'
import type { Compared } from './compare.ts'

/**
 * The hosts whose Keepalived must be reloaded in one moment: what they say now and what they are to say would not be taken
 * by each other. Throws NodesDiffer when the new configurations do not agree either, or a node of a VIP is left out.
 */
export async function reloadedTogether(
  fleet: Fleet,
  hosts: Hosts,
  compared: readonly Compared[],
): Promise<ReadonlySet<HostName>> {
  const changed = compared.filter(({ rendered, change }) => rendered.daemon === 'keepalived' && change.files.length > 0)
  const together = new Set<HostName>()
  if (changed.length === 0) return together
  const names = new Set(changed.map(({ rendered }) => rendered.host))
  const peers = [...fleet.keepalived.values()].filter((group) => group.hosts.some((host) => names.has(host)))
  const members = [...new Set(peers.flatMap((group) => group.hosts))]
  const nodes = await Promise.all(members.map((host) => textsOfNode(fleet, hosts, compared, host)))
  for (const [index, a] of nodes.entries()) {
    for (const b of nodes.slice(index + 1)) {
      if (!peers.some((group) => group.hosts.includes(a.host) && group.hosts.includes(b.host))) continue
      const after = vrrpDifferences(a.after, b.after)
      if (after.length > 0) throw new NodesDiffer(after, ['zdt apply keepalived   # all nodes of a VIP at once'])
      const between = [...vrrpDifferences(a.after, b.before), ...vrrpDifferences(a.before, b.after)]
      if (between.length > 0) for (const { host } of [a, b]) if (names.has(host)) together.add(host)
    }
  }
  return together
}

/** A node's keepalived.conf as it lies there, and as it is to be. */
export interface NodeTexts {
  readonly host: HostName
  readonly before: VrrpNode
  readonly after: VrrpNode
}

/** Throws what hosts throw. */
export async function textsOfNode(
  fleet: Fleet,
  hosts: Hosts,
  compared: readonly Compared[],
  host: HostName,
): Promise<NodeTexts> {
  const own = compared.find(({ rendered }) => rendered.daemon === 'keepalived' && rendered.host === host)
  const [main] = own?.files ?? []
  const config = [...fleet.keepalived.values()].find((group) => group.hosts.includes(host))?.config ?? ''
  const path = main?.file.path ?? config
  const live = main?.live.sha256 === null ? '' : (await (await hosts.on(host)).read(path, { as: 'root' })).toString()
  return { host, before: { host, text: live }, after: { host, text: main?.file.content ?? live } }
}
