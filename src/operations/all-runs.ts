import { runRow, type RunRow } from '../engine/run-row.ts'
import type { Event } from '../engine/events.ts'
import { endedOf } from '../engine/history.ts'
import type { Ended } from '../engine/outcome.ts'
import { hostsOf } from '../engine/plan.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import { hasEndedHere, ownProcess } from '../hosts/lease/own-process.ts'
import { runbookStep } from '../steps/runbook-step.ts'
import { askedIn } from './asked-of.ts'
import { hostsWithJournals, journalsOn } from './find-run.ts'
import { locks } from './locks.ts'
import type { KnownJournal } from './journals.ts'

/** A run, where its journals are, and what it touched. */
export type KnownRun = RunRow & {
  /** This machine has its journal, and nobody elsewhere has adopted it since: it can be resumed from here. */
  readonly here: boolean
  readonly hosts: readonly string[]
  /** Of a runbook: the runs that its steps are. */
  readonly parts: readonly string[]
  /**
   * Of one without an end: is it at work, or has it died? `stuck`: its process is there on this machine, and holds no lock any more:
   * it can change nothing. Unset where nobody can tell.
   */
  readonly going?: 'running' | 'died' | 'stuck'
  /** It holds locks as long as it is at work. */
  readonly locks: boolean
  /** What it waits for a yes to, where it does: `zdt promote` says it. */
  readonly asks?: string
  /** It needs a person: it paused, left something undone, or died here. */
  readonly halfDone: boolean
}

/** All that is known of runs, latest first, and what could not be asked. */
export type KnownRuns = {
  readonly runs: readonly KnownRun[]
  readonly unseen: readonly { readonly host: string; readonly why: string }[]
}

/** The rows of journals, latest first. */
export async function rowsOf(journals: readonly KnownJournal[]): Promise<KnownRun[]> {
  const runs = await Promise.all(
    journals.map(async ({ events, here, news }): Promise<KnownRun[]> => {
      const row = runRow(events)
      const begun = events.find((event) => event.event === 'run')
      if (!row || !begun) return []
      const going = row.ended ? undefined : await goingOf(row)
      const asks = askedIn(events)
      const hosts = hostsOf(begun.plan.stages.flatMap(({ steps }) => steps))
      return [
        {
          ...row,
          here: here && !news.some(({ event }) => event === 'adopted'),
          hosts,
          parts: partsIn(events),
          locks: (begun.claims ?? []).length > 0,
          ...(going && { going }),
          ...(asks && { asks: asks.question }),
          halfDone: isHalfDone(row.ended, going),
        },
      ]
    }),
  )
  return runs.flat().toSorted((a, b) => b.at - a.at)
}

/**
 * What another machine works on has a lease; what has none any more, and no end, has died: or has come to its end while its
 * journal was read here, which is asked then. Unsaid where one of its hosts could not be asked.
 */
export async function withLeases(fleet: Fleet, hosts: Hosts, runs: readonly KnownRun[]): Promise<KnownRun[]> {
  // Another fleet's hosts may have the same names.
  const isJudged = (run: KnownRun) => isOpen(run) && (run.fleet === undefined || run.fleet === fleet.name)
  if (!runs.some(isJudged)) return [...runs]
  const all = await locks(fleet, hosts)
  const held = new Set<string>(all.flatMap(({ leases }) => leases.map(({ run }) => run ?? '')))
  const asked = new Set<string>(all.flatMap(({ host, error }) => (error === undefined ? [host] : [])))
  const isAnyGone = runs.some((run) => isJudged(run) && !held.has(run.run))
  const ended = isAnyGone ? await endedLately(fleet, hosts) : new Map<string, Ended>()
  return runs.map((run) => (isJudged(run) ? judged(run, { held, ended, asked }) : run))
}

/** What is known of the runs whose journal told neither an end nor whether they are at work. */
interface Since {
  /** Those that hold a lease. */
  readonly held: ReadonlySet<string>
  /** Those that have come to an end since. */
  readonly ended: ReadonlyMap<string, Ended>
  /** The hosts that have told who holds them. */
  readonly asked: ReadonlySet<string>
}

/** What became of one of them. Pure. */
export function judged(run: KnownRun, { held, ended, asked }: Since): KnownRun {
  if (held.has(run.run)) return { ...run, going: 'running' }
  const now = ended.get(run.run)
  if (now) return { ...run, ended: now, halfDone: isHalfDone(now, undefined) }
  if (!run.hosts.every((host) => asked.has(host))) return run
  return { ...run, going: run.going === 'running' ? 'stuck' : 'died', halfDone: true }
}

/** Whether it is at work is told by its locks, if it has any; a process alone may have been stopped for long. */
function isOpen({ ended, going, locks: hasLocks }: KnownRun): boolean {
  return ended === undefined && (going === undefined || (going === 'running' && hasLocks))
}

/** A run tells its hosts that it ended before it lets them go. */
async function endedLately(fleet: Fleet, hosts: Hosts): Promise<Map<string, Ended>> {
  const { journals } = await journalsOn(hosts, hostsWithJournals(fleet), { within: 60_000 })
  return new Map(
    journals.flatMap(({ run, events }) => {
      const ended = endedOf(events)
      return ended ? [[run, ended] as const] : []
    }),
  )
}

function isHalfDone(ended: RunRow['ended'], going: KnownRun['going']): boolean {
  return ended === undefined ? going === 'died' : ended === 'paused' || ended === 'left' || ended === 'interrupted'
}

/** What a runbook's step found is the run that it became; nothing else finds one. */
function partsIn(events: readonly Event[]): string[] {
  const begun = events.find((event) => event.event === 'run')
  const steps = begun?.plan.stages.flatMap((stage) => stage.steps) ?? []
  if (!steps.some(({ kind }) => kind === runbookStep.kind)) return []
  return events.flatMap((event) => {
    const { run } = (event.event === 'observed' ? event.found : {}) as { readonly run?: string }
    return run === undefined ? [] : [run]
  })
}

/** The last two words name a process; what is before them names its machine. */
function machineOf(named: string): string {
  return named.split(' ').slice(0, -2).join(' ')
}

async function goingOf({ process: named }: RunRow): Promise<KnownRun['going']> {
  if (named === undefined) return undefined
  if (await hasEndedHere(named)) return 'died'
  return machineOf(named) === machineOf(await ownProcess()) ? 'running' : undefined
}
