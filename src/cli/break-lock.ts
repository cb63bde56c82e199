import { openJournal } from '../engine/journal.ts'
import { openMirror } from '../engine/mirror.ts'
import type { Ended } from '../engine/outcome.ts'
import { plan } from '../engine/plan.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { hostNamed } from '../fleet/selectors.ts'
import type { Lease } from '../hosts/lease/lease.ts'
import { breakLeases, readLeases } from '../hosts/lease/read-leases.ts'
import type { Host, Hosts } from '../hosts/host.ts'
import { formatDuration } from '../lib/durations.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostLocks } from '../operations/locks.ts'
import { askFirst } from './ask-first.ts'
import { operatorName } from './operator-name.ts'
import { say } from './say.ts'

/**
 * Breaks every lock on a host, after it said whose they are and asked. Journaled here and there, as a run of its own. Throws, exit
 * `refused`, where no journal can be kept: before anything is broken; exit `locked` where others have it by then.
 */
export async function breakLock(fleet: Fleet, hosts: Hosts, name: string, yes: boolean): Promise<HostLocks> {
  const { name: host } = hostNamed(fleet, name)
  const held = await heldOn(await hosts.on(host))
  const [first] = held
  if (!first) return { host, leases: [] }
  for (const lease of held) say(inWords(lease))
  await askFirst(`Break ${held.length === 1 ? 'it' : 'them'}?`, yes)
  const broken = await journaled(hosts, fleet, first, async () => breakLeases(await hosts.on(host), held))
  if (broken.length === 0) await refusePassedOn(await hosts.on(host))
  return { host, leases: broken }
}

/** Nobody was asked about those that hold it now. */
async function refusePassedOn(host: Host): Promise<void> {
  const others = await heldOn(host)
  if (others.length === 0) return
  throw new ZdtError(`what you were asked about has ended, and others hold ${host.name} now: nothing was broken`, {
    code: 'passed-on',
    exit: 'locked',
    host: host.name,
    said: others.map(inWords).join('\n'),
    suggestions: [`zdt lock break ${host.name}   # shows whose they are, and asks again`],
  })
}

async function heldOn(host: Host): Promise<Lease[]> {
  return (await readLeases(host)).filter(({ state }) => state === 'held' || state === 'busy')
}

function inWords({ host, scope, run, holder, title, since, left }: Lease): string {
  const age = since === undefined ? '' : `, since ${formatDuration(Math.max(0, Date.now() - since * 1000))}`
  const who = run === undefined ? 'somebody unknown' : `${holder} (${title}, run ${run}${age})`
  return `${scope.replace('-', ' ')} on ${host} is held by ${who}; it ends by itself in ${formatDuration(left)}`
}

/** What cannot be written down is not begun. */
async function journaled(hosts: Hosts, fleet: Fleet, first: Lease, work: () => Promise<Lease[]>): Promise<Lease[]> {
  const title = `lock break ${first.host} (${first.run ?? 'unknown'}, ${first.holder ?? 'unknown'})`
  const empty = plan(title, fleet.digest, [])
  const mirror = openMirror(hosts, [first.host], empty.id, { begins: `${title}, by ${operatorName()}` })
  const kept = await openJournal(empty.id, (event) => mirror.append(JSON.stringify(event)))
  await kept.record({ event: 'run', plan: empty, operator: operatorName(), pid: process.pid })
  let ended: Ended = 'untouched'
  try {
    const broken = await work()
    ended = broken.length > 0 ? 'done' : 'already'
    return broken
  } finally {
    await kept.record({ event: 'end', ended, left: [] }).catch(() => undefined)
    await kept.close()
    await mirror.settled()
  }
}
