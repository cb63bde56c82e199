import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unattended } from '../../src/cli/unattended.ts'
import { carryOut } from '../../src/engine/carry-out.ts'
import type { Event } from '../../src/engine/events.ts'
import { openJournal } from '../../src/engine/journal.ts'
import { openMirror } from '../../src/engine/mirror.ts'
import { newRunId } from '../../src/engine/plan.ts'
import { loadFleet } from '../../src/fleet/load.ts'
import type { Hosts } from '../../src/hosts/host.ts'
import { fencedHosts } from '../../src/hosts/lease/fenced-hosts.ts'
import { takeLeases } from '../../src/hosts/lease/take-leases.ts'
import { openHosts } from '../../src/hosts/open-hosts.ts'
import { drain } from '../../src/operations/drain.ts'
import { ready } from '../../src/operations/ready.ts'
import { stepKinds } from '../../src/steps/index.ts'
import { ratios } from './table.ts'
import { takeTurns } from './timing.ts'
import { waitsOf } from './waits.ts'

/*
 * What leases and the mirrored journal add to a drain of an idle server on two load balancers: the same modules with and
 * without them, in this one process. Runs inside the lab's network: `leases.ts ROUNDS`.
 */
const fleet = await loadFleet(process.env['ZDT_FLEET'] ?? '')
const never = new AbortController().signal
const operator = unattended({ 'on-failure': 'pause', 'on-timeout': undefined }, 'leave')

interface Took {
  readonly whole: number
  readonly waited: number
}

/** One run, from its first connection to its last. */
async function runOnce(operation: typeof drain | typeof ready, leased: boolean): Promise<Took> {
  const dir = await mkdtemp(join(tmpdir(), 'zdt-bench-'))
  const began = performance.now()
  const hosts = openHosts(fleet)
  const id = newRunId()
  const events: Event[] = []
  try {
    const options = { server: 'app2', timeout: 60_000, allowEmpty: false, inPlace: false, slowStart: 0 }
    const claims = operation.claims(fleet, options)
    const who = { run: id, holder: 'bench', title: operation.title(options) }
    const leases = leased ? await takeLeases(hosts, claims, who) : undefined
    const { plan } = await operation.propose({ fleet, hosts, id }, options)
    const names = claims.map(({ host }) => host)
    const mirror = leases && openMirror(fencedHosts(hosts, leases), names, id, { begins: 'begins' })
    const tell = (event: Event): void => {
      events.push(event)
      if (event.event !== 'waiting') mirror?.append(JSON.stringify(event))
    }
    const journal = await openJournal(id, tell, dir)
    const begin = { operator: 'bench', pid: process.pid, fleet: fleet.name, claims, process: '' }
    await journal.record({ event: 'run', plan, ...begin, says: { done: '', already: '', onTimeout: 'leave' } })
    const changing: Hosts = leases ? fencedHosts(hosts, leases, mirror) : hosts
    const engine = { kinds: stepKinds, hosts, changing, operator, record: journal.record, pause: never, stop: never }
    const { ended, left } = await carryOut(plan, engine)
    if (ended !== 'done') throw new Error(`the run ended ${ended}`)
    await journal.record({ event: 'end', ended, left, exit: 0 })
    const unkept = await mirror?.settled('ended')
    if (unkept !== undefined && unkept.length > 0) throw new Error(`${unkept.length} journals are not whole`)
    await journal.close()
    await leases?.release()
  } finally {
    await hosts.closeAll()
    await rm(dir, { recursive: true })
  }
  return { whole: performance.now() - began, waited: waitsOf(events) }
}

const waited: Record<string, number[]> = { without: [], with: [] }

async function drained(name: 'with' | 'without'): Promise<number> {
  const { whole, waited: one } = await runOnce(drain, name === 'with')
  waited[name]?.push(one)
  await runOnce(ready, false)
  return whole
}

const took = await takeTurns(
  { without: () => drained('without'), with: () => drained('with') },
  Number(process.argv[2] ?? 5),
)
// The first turn of each is not counted.
const working = (name: 'with' | 'without') => took[name].map((time, round) => time - (waited[name]?.[round + 1] ?? 0))
const rows = [
  { what: 'drain without them', took: took.without },
  { what: 'drain', took: took.with, against: { took: took.without, goal: '< 1.3 x without' } },
  { what: 'drain without them, less its wait', took: working('without') },
  { what: 'drain, less its wait', took: working('with'), against: { took: working('without'), goal: 'none' } },
]
process.stdout.write(
  `${ratios('leases and mirrored journal, in a drain on two load balancers: median (fastest)', rows)}\n`,
)
