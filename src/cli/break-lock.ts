import { openJournal } from '../engine/journal.ts'
import { openMirror } from '../engine/mirror.ts'
import { plan } from '../engine/plan.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { hostNamed } from '../fleet/selectors.ts'
import type { Lease } from '../hosts/lease/lease.ts'
import { breakLeases, readLeases } from '../hosts/lease/read-leases.ts'
import type { Hosts } from '../hosts/host.ts'
import { formatDuration } from '../lib/durations.ts'
import type { HostLocks } from '../operations/locks.ts'
import { askFirst } from './ask-first.ts'
import { operatorName } from './operator-name.ts'
import { say } from './say.ts'

/** Breaks every lock on a host, after it said whose they are and asked. Journaled here and there, as a run of its own. */
export async function breakLock(fleet: Fleet, hosts: Hosts, name: string, yes: boolean): Promise<HostLocks> {
  const { name: host } = hostNamed(fleet, name)
  const held = (await readLeases(await hosts.on(host))).filter(({ state }) => state === 'held' || state === 'busy')
  if (held.length === 0) return { host, leases: [] }
  for (const lease of held) say(inWords(lease))
  await askFirst(`Break ${held.length === 1 ? 'it' : 'them'}?`, yes)
  const broken = await breakLeases(await hosts.on(host))
  await journal(hosts, fleet, broken)
  return { host, leases: broken }
}

function inWords({ host, scope, run, holder, title, since, left }: Lease): string {
  const age = since === undefined ? '' : `, since ${formatDuration(Math.max(0, Date.now() - since * 1000))}`
  const who = run === undefined ? 'somebody unknown' : `${holder} (${title}, run ${run}${age})`
  return `${scope.replace('-', ' ')} on ${host} is held by ${who}; it ends by itself in ${formatDuration(left)}`
}

async function journal(hosts: Hosts, fleet: Fleet, broken: readonly Lease[]): Promise<void> {
  const [first] = broken
  if (!first) return
  const title = `lock break ${first.host} (${first.run ?? 'unknown'}, ${first.holder ?? 'unknown'})`
  const empty = plan(title, fleet.digest, [])
  const mirror = openMirror(hosts, [first.host], empty.id, { begins: `${title}, by ${operatorName()}` })
  const kept = await openJournal(empty.id, (event) => mirror.append(JSON.stringify(event)))
  await kept.record({ event: 'run', plan: empty, operator: operatorName(), pid: process.pid })
  await kept.record({ event: 'end', ended: 'done', left: [] })
  await kept.close()
  await mirror.settled()
}
