import { linesBeyond } from '../engine/import-journal.ts'
import { eventsIn, listRuns, readJournal } from '../engine/journal.ts'
import { runRow, type RunRow } from '../engine/run-row.ts'
import type { Event } from '../engine/events.ts'
import { hostsOf } from '../engine/plan.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import { hasEndedHere, ownProcess } from '../hosts/lease/own-process.ts'
import { runbookStep } from '../steps/runbook-step.ts'
import { journalsOnHosts } from './find-run.ts'

/** A run, where its journals are, and what it touched. */
export type KnownRun = RunRow & {
  /** This machine has its journal: it can be resumed from here. */
  readonly here: boolean
  readonly hosts: readonly string[]
  /** Of a runbook: the runs that its steps are. */
  readonly parts: readonly string[]
  /** Of one without an end: is its process at work on this machine, or has it died here? Unset where nobody can tell. */
  readonly going?: 'running' | 'died'
  /** It needs a person: it paused, left something undone, or died here. */
  readonly halfDone: boolean
}

/** All that is known of runs, latest first, and what could not be asked. */
export type KnownRuns = {
  readonly runs: readonly KnownRun[]
  readonly unseen: readonly { readonly host: string; readonly why: string }[]
}

/** The runs of this machine, and those that the fleet's hosts tell of: what each copy of a journal tells counts. */
export async function allRuns(fleet?: Fleet, hosts?: Hosts): Promise<KnownRuns> {
  const ids = await listRuns()
  const [own, elsewhere] = await Promise.all([
    Promise.all(ids.map((id) => readJournal(id).catch((): Event[] => []))),
    fleet && hosts ? journalsOnHosts(fleet, hosts) : { journals: [], unseen: [] },
  ])
  const copies = new Map<string, { lines: readonly string[]; here: boolean }>()
  for (const [index, events] of own.entries()) {
    copies.set(ids[index] ?? '', { lines: events.map((event) => JSON.stringify(event)), here: true })
  }
  for (const { run, lines } of elsewhere.journals.toSorted((a, b) => b.lines.length - a.lines.length)) {
    const { lines: known, here } = copies.get(run) ?? { lines: [], here: false }
    copies.set(run, { lines: [...known, ...linesBeyond(known, lines)], here })
  }
  const runs = await Promise.all(
    [...copies.values()].map(async ({ lines, here }): Promise<KnownRun[]> => {
      const events = eventsIn(lines.join('\n'))
      const row = runRow(events)
      const begun = events.find((event) => event.event === 'run')
      if (!row || !begun) return []
      const going = row.ended ? undefined : await goingOf(row)
      const hosts = hostsOf(begun.plan.stages.flatMap(({ steps }) => steps))
      return [
        {
          ...row,
          here,
          hosts,
          parts: partsIn(events),
          ...(going && { going }),
          halfDone: isHalfDone(row.ended, going),
        },
      ]
    }),
  )
  return { runs: runs.flat().toSorted((a, b) => b.at - a.at), unseen: elsewhere.unseen }
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
