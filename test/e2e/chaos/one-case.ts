import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Event } from '../../../src/engine/events.ts'
import { sleep } from '../../../src/lib/clock.ts'
import type { Ended } from '../support/lab.ts'
import type { Running } from '../support/running.ts'
import { cutConnections, dropNetwork, restoreNetwork, type Fault } from './faults.ts'
import { halted, prepare, runOf, type Lane } from './lane.ts'
import { startLoad, type Traffic } from './load.ts'
import type { Moment } from './moments.ts'
import type { Operation } from './operations.ts'

/** How a run is taken up again after the fault. */
export type Way = 'resume' | 'rollback'

/** One moment, one fault, one way on. */
export interface Case {
  readonly operation: Operation
  readonly moment: Moment
  readonly fault: Fault
  readonly way: Way
  /** How long a dropped network stays so. */
  readonly seconds: number
}

/** What became of it. */
export interface Outcome {
  readonly operation: string
  readonly moment: string
  readonly fault: Fault
  readonly way: Way
  /** How the first zdt came out: killed, or its exit code. */
  readonly first: string
  /** How long it took to end after the fault, and to take it up again, in ms. */
  readonly took: readonly number[]
  readonly traffic: Traffic
  /** Empty when all that is promised was kept; each begins with the case. */
  readonly problems: readonly string[]
}

/** Runs an operation under load, hits it at its moment, takes it up again, and holds the world to what is promised. */
export async function runCase(one: Case, lane: Lane): Promise<Outcome> {
  const { operation, moment, fault, way } = one
  const before = await prepare(lane, operation)
  const argv = await operation.argv(lane.lab)
  const stopLoad = await startLoad(lane.lab, operation.path)
  const problems: string[] = []
  let run = 'no run'
  let first = ''
  const times = [Date.now()]
  try {
    const zdt = await lane.start([...argv, '--on-failure', 'pause'], {
      ...moment,
      signal: fault === 'kill' && moment.after > 0 ? 'SIGKILL' : 'SIGSTOP',
    })
    // What comes after its last event may be over before the middle of it; and nobody waits for what is there already.
    const stands = await halted(zdt).then(
      () => true,
      () => false,
    )
    run = runOf(zdt)
    if (fault === 'second' && stands) problems.push(...(await intruded(lane, argv, zdt)))
    times.push(Date.now())
    const ended = await hit(one, zdt, lane)
    times.push(Date.now())
    first = ended.code === 137 ? 'killed' : `exit ${ended.code}`
    if (ended.code === 137 && fault !== 'kill') problems.push(`zdt never ended: ${lastLines(ended)}`)
    if (ended.code !== 0 && fault === 'second') problems.push(`it cost the first ${ended.code}: ${lastLines(ended)}`)
    const came = await takenUp(one, lane, run, fleetIn(argv))
    times.push(Date.now())
    if (came.code !== 0) problems.push(`${way} ended with ${came.code}: ${lastLines(came)}`)
    const isBack = way === 'rollback' || endOf(await lane.journal(run)) === 'put-back'
    const expected = isBack ? before : await operation.after(before, lane.lab)
    problems.push(...(await lane.unlike(expected)), ...(await unlikeCopies(lane, run)))
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
  }
  await restoreNetwork(lane.lab, moment.host)
  const traffic = await stopLoad()
  problems.push(...traffic.how)
  const name = `${operation.name} ${run}, ${fault} at ${moment.title} (${first}), ${way}`
  return {
    operation: operation.name,
    moment: moment.title,
    fault,
    way,
    first,
    took: times.slice(1).map((time, index) => time - (times[index] ?? time)),
    traffic,
    problems: problems.map((problem) => `${name}: ${problem}`),
  }
}

/** Another one, at that very moment, must be refused and told by whom; or has nothing to do, where the first had come to its end. */
async function intruded(lane: Lane, argv: readonly string[], first: Running): Promise<string[]> {
  const isOver = first.stdout().includes('"event":"end"')
  const { code, stderr } = await lane.zdt([...argv, '--yes'])
  // A sentence is wrapped to the terminal's width.
  if (code === 6 && stderr.replaceAll(/\s+/g, ' ').includes(`run ${runOf(first)}`)) return []
  if (code === 0 && isOver) return []
  return [`a second zdt was not refused: ${code} ${stderr}`]
}

async function hit({ fault, moment, seconds }: Case, zdt: Running, { lab }: Lane): Promise<Ended> {
  if (fault === 'kill') zdt.signal('SIGKILL')
  if (fault === 'cut') await cutConnections(lab)
  if (fault === 'network') await dropNetwork(lab, moment.host, seconds)
  zdt.signal('SIGCONT')
  return await zdt.ended
}

/** Once; and where the host cannot be reached yet, until it can. */
async function takenUp(
  { fault, way, seconds }: Case,
  lane: Lane,
  run: string,
  fleet: readonly string[],
): Promise<Ended> {
  const deadline = Date.now() + (fault === 'network' ? (seconds + 30) * 1000 : 0)
  for (;;) {
    const zdt = await lane.start([way, run, ...fleet, '--on-failure', 'pause'])
    const ended = await zdt.ended
    if (ended.code === 0 || Date.now() > deadline) return ended
    await sleep(1000)
  }
}

/** `--fleet FILE`, where the operation has one of its own. */
function fleetIn(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf('--fleet')
  return at === -1 ? [] : argv.slice(at, at + 2)
}

/** How the run came out last, whoever worked on it: of those that changed something. */
function endOf(events: readonly Event[]): string | undefined {
  return events.flatMap((event) => (event.event === 'end' && event.ended !== 'already' ? [event.ended] : [])).at(-1)
}

/** The copies of the journal, on the hosts that the run claimed: whole, and nobody else's to read. */
async function unlikeCopies(lane: Lane, run: string): Promise<string[]> {
  const file = `${run}.ndjson`
  const here = await readFile(join(lane.home, 'zdt/runs', file), 'utf8')
  const begun = (await lane.journal(run)).find((event) => event.event === 'run')
  const hosts = begun?.claims?.map(({ host }) => host) ?? []
  const unlike = hosts.map(async (host) => {
    const there = await lane.root(host, `cd /var/lib/zdt/runs && stat -c %a ${file} && cat ${file}; true`)
    if (there === `600\n${here}`) return []
    const [mode, ...lines] = there.split('\n')
    return [`the journal on ${host} has mode ${mode} and ${lines.length - 1} of ${here.split('\n').length - 1} lines`]
  })
  return (await Promise.all(unlike)).flat()
}

function lastLines({ stdout, stderr }: Ended): string {
  return `${stdout}${stderr}`.trim().split('\n').slice(-6).join('\n')
}
