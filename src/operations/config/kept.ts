import type { Fleet } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import { verdictsOn } from '../before-reading/verdicts.ts'
import { needed } from './needs.ts'
import type { Compared } from './compare.ts'
import { onHosts } from './on-hosts.ts'

/**
 * What becomes of all that operators have set at run time on HAProxys that are changed, by the rule of
 * docs/runtime-state.md: `shop/app2 stays: drain (lb1, lb2)`. One round trip for each.
 */
export async function keptLines(fleet: Fleet, hosts: Hosts, compared: readonly Compared[]): Promise<string[]> {
  const found = await Promise.all(compared.map(async (one) => toldOf(fleet, hosts, one)))
  return onHosts(found.flat())
}

async function toldOf(fleet: Fleet, hosts: Hosts, { rendered, change, files: [main] }: Compared) {
  const { daemon, group, host } = rendered
  const socket = daemon === 'haproxy' ? fleet.haproxy.get(group)?.socket : undefined
  if (socket === undefined || main === undefined || change.files.length === 0) return []
  const next = main.file.content
  const verdicts = await verdictsOn(await hosts.on(host), socket, { running: main.text ?? next, next })
  // Without a reload everything stays that is not said.
  const told = ['reload', 'restart'].includes(needed(change))
    ? verdicts
    : verdicts.filter(({ outcome }) => outcome !== 'kept')
  return told.map(({ text }) => ({ host, text }))
}
