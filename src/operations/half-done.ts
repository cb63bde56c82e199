import type { Event } from '../engine/events.ts'
import { endedOf, historyOf, isDone } from '../engine/history.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import type { HostName } from '../lib/types.ts'
import { rowsOf, withLeases, type KnownRun, type KnownRuns } from './all-runs.ts'
import { hostsWithJournals } from './find-run.ts'
import { knownJournals, type KnownJournal } from './journals.ts'
import { settled } from './settled.ts'

/** A run that has come to no end, and the hosts it was to change. */
export type HalfDone = Pick<KnownRun, 'run' | 'title' | 'hosts'> & {
  /** Its process is at work: nothing is to be done about it. */
  readonly isRunning: boolean
  /** What it waits for a yes to. */
  readonly asks?: string
  /** What to type for it: from here, or first to have it here. */
  readonly next: string
}

const day = 86_400_000
/** What is told in passing, by whatever is about to change something, is not to cost it much; `zdt runs` knows all. */
const lately = { here: 30 * day, elsewhere: day }

/**
 * The runs that a fleet's hosts may still bear the marks of, latest first: those of this machine, and those that these hosts tell
 * of. One is left out once later runs that came to their end have settled all that it left: somebody has gone on from there.
 */
export async function halfDoneRuns(
  fleet: Fleet,
  hosts: Hosts,
  names: readonly HostName[] = hostsWithJournals(fleet),
): Promise<HalfDone[]> {
  const { journals } = await knownJournals({ hosts, names, within: lately.elsewhere }, lately.here)
  const runs = await withLeases(fleet, hosts, await rowsOf(journals))
  return halfDoneIn(runs, journals, fleet)
}

/** All runs of this machine, and those that the fleet's hosts tell of; what later runs have settled is half done no more. */
export async function allRuns(fleet?: Fleet, hosts?: Hosts): Promise<KnownRuns> {
  const asked = fleet && hosts && { hosts, names: hostsWithJournals(fleet) }
  const { journals, unseen } = await knownJournals(asked)
  const rows = await rowsOf(journals)
  const runs = fleet && hosts ? await withLeases(fleet, hosts, rows) : rows
  const fleets = [...new Set(runs.map((run) => run.fleet ?? ''))]
  const open = new Set(fleets.flatMap((name) => halfDoneIn(runs, journals, { name }).map(({ run }) => run)))
  // What stopped in a runbook is that runbook's.
  const parts = new Set(runs.filter(({ run }) => open.has(run)).flatMap((run) => run.parts))
  const isOpen = ({ run }: KnownRun) => open.has(run) || parts.has(run)
  return { runs: runs.map((run) => ({ ...run, halfDone: run.halfDone && isOpen(run) })), unseen }
}

/** Those of these, with their journals. */
export function halfDoneIn(
  runs: readonly KnownRun[],
  journals: readonly Pick<KnownJournal, 'run' | 'events'>[],
  { name }: Pick<Fleet, 'name'>,
): HalfDone[] {
  const told = new Map<string, readonly Event[]>(journals.map(({ run, events }) => [run, events]))
  const own = runs.filter(({ fleet }) => fleet === undefined || fleet === name)
  // Of a runbook that stopped in a step, the runbook is what is gone on with.
  const parts = new Set(own.filter((run) => run.halfDone).flatMap((run) => run.parts))
  return own.flatMap((run, index) => {
    if (parts.has(run.run)) return []
    const { title, hosts, going, here } = run
    const isRunning = run.ended === undefined && going === 'running'
    const done = own.slice(0, index).filter((later) => later.ended === 'done' && !run.parts.includes(later.run))
    const next = isRunning
      ? `zdt promote ${run.run}`
      : here
        ? `zdt resume ${run.run}, or zdt rollback ${run.run}`
        : `zdt adopt ${run.run}, and then zdt resume or zdt rollback`
    return isRunning || (run.halfDone && !isOver(run, done, told))
      ? [{ run: run.run, title, hosts, isRunning, next, ...(run.asks !== undefined && { asks: run.asks }) }]
      : []
  })
}

/** Has all that a run, or a runbook's runs, left been settled by those that were done later? What nobody can tell by things goes by its hosts. */
function isOver(run: KnownRun, done: readonly KnownRun[], told: ReadonlyMap<string, readonly Event[]>): boolean {
  const own = [run.run, ...run.parts]
  // A name of its own, such as an upload's, is nobody else's business.
  const left = own
    .flatMap((one) => owedIn(told.get(one) ?? []))
    .filter((thing) => own.every((one) => !thing.includes(one)))
  if (left.length === 0 && run.parts.length > 0) return false
  if (left.length === 0) return done.some((later) => run.hosts.every((host) => later.hosts.includes(host)))
  const since = new Set(done.flatMap((later) => settledIn(told.get(later.run) ?? [])))
  return left.every((thing) => since.has(thing))
}

function owedIn(events: readonly Event[]): string[] {
  try {
    return historyOf(events).owed.flatMap(({ step }) => settled(step))
  } catch {
    return []
  }
}

/** What it left out it has put back, and not settled. */
function settledIn(events: readonly Event[]): string[] {
  try {
    const history = historyOf(events)
    return [...history.steps.values()].flatMap(({ step }) => (isDone(history, step.id) ? settled(step) : []))
  } catch {
    return []
  }
}

/**
 * What there is to do about a run that has come to no end, as far as its journal tells, which does not tell whether somebody is at it.
 * `isHere`: this machine has it.
 */
export function openEnd(events: readonly Event[], isHere: boolean): string | undefined {
  const begun = events.find((event) => event.event === 'run')
  const ended = endedOf(events)
  if (!begun) return undefined
  const { id } = begun.plan
  const ways = isHere
    ? `zdt resume ${id}, or zdt rollback ${id}`
    : `zdt adopt ${id}, and then zdt resume or zdt rollback`
  if (ended === undefined) return `it tells no end: where nobody works on it any more (zdt runs), ${ways}`
  return ended === 'paused' || ended === 'left' || ended === 'interrupted' ? `half done: ${ways}` : undefined
}

/** A run that was left half done on some of the hosts that somebody is about to change. */
export interface LeftThere {
  readonly fact: string
  /** What to type first. */
  readonly next: string
}

/** What whoever is about to change these hosts should know of them. */
export function leftThere(runs: readonly HalfDone[], names: readonly HostName[]): LeftThere[] {
  return runs.flatMap(({ run, title, hosts, isRunning, next }) => {
    const where = hosts.filter((host) => names.some((name) => name === host)).join(', ')
    if (isRunning || where === '') return []
    const [first = '', ...rest] = next.split(', ')
    return {
      fact: `run ${run} (${title}) has left ${where} half done: ${next}`,
      next: `${first}   # ${rest.join(', ')}: ${title} has left ${where} half done`,
    }
  })
}
