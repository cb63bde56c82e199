import { keeping, type Verdict } from '../../daemons/haproxy/kept/keeping.ts'
import { runtimeState } from '../../daemons/haproxy/kept/runtime-state.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import { needed } from './needs.ts'
import type { Compared } from './compare.ts'
import { onHosts } from './on-hosts.ts'

/** What is said of a server before its verdict. */
const words: { readonly [outcome in Verdict['outcome']]: string } = {
  kept: ' stays',
  'configuration wins': '',
  gone: ' goes',
}

/**
 * What becomes of all that operators have set at run time on HAProxys that are changed, by the rule of
 * docs/runtime-state.md: `shop/app2 stays: drain (lb1, lb2)`. One round trip for each.
 */
export async function keptLines(fleet: Fleet, hosts: Hosts, compared: readonly Compared[]): Promise<string[]> {
  const found = await Promise.all(compared.map(async (one) => verdictsOn(fleet, hosts, one)))
  return onHosts(
    found.flat().map(({ host, server, outcome, line }) => ({ host, text: `${server}${words[outcome]}: ${line}` })),
  )
}

async function verdictsOn(fleet: Fleet, hosts: Hosts, { rendered, change, files: [main] }: Compared) {
  const { daemon, group, host } = rendered
  const socket = daemon === 'haproxy' ? fleet.haproxy.get(group)?.socket : undefined
  if (socket === undefined || main === undefined || change.files.length === 0) return []
  const next = main.file.content
  // One that does not answer is not fit for a reload, and refused by the plan's own check with what to do.
  const state = await runtimeState(await hosts.on(host), socket).catch(() => ({ columns: [], servers: [] }))
  const { verdicts } = keeping(state, { running: main.text ?? next, next })
  // Without a reload everything stays that is not said.
  const told = ['reload', 'restart'].includes(needed(change))
    ? verdicts
    : verdicts.filter(({ outcome }) => outcome !== 'kept')
  return told.map((verdict) => ({ host, ...verdict }))
}
