import type { Event } from '../../engine/events.ts'
import { endedOf, historyOf, type Progress } from '../../engine/history.ts'
import type { Ended } from '../../engine/outcome.ts'
import { readJournal } from '../../engine/read-journal.ts'
import type { Plan } from '../../engine/plan.ts'
import type { RunbookStep } from '../../fleet/runbook/runbook.ts'
import type { Json, RunId } from '../../lib/types.ts'
import { runbookStep } from '../../steps/runbook-step.ts'

/** A step on its way: what it is, how far it came, and the run that it is. */
export interface Going {
  readonly id: string
  readonly number: number
  readonly step: RunbookStep
  readonly progress: Progress
  /** Its own run; unset before it is begun, and where a person is asked. */
  readonly run?: RunId
  /** How that run ended: unset where it was not begun, found nothing to do, or has died. */
  readonly ended?: Ended
  /** It has a journal. */
  readonly begun: boolean
}

/** Is this the plan of a runbook? */
export function isRunbook({ stages }: Plan): boolean {
  return stages.some(({ steps }) => steps.some(({ kind }) => kind === runbookStep.kind))
}

/** The steps of a runbook as its journal and those of its steps tell of them. */
export async function stepsIn(events: readonly Event[]): Promise<Going[]> {
  const { plan, steps } = historyOf(events)
  return Promise.all(
    plan.stages.flatMap(({ number, steps: [own] }) => {
      if (!own) return []
      const past = steps.get(own.id)
      const { run } = (lastFound(events, own.id) ?? {}) as { readonly run?: RunId }
      return [goingOf({ id: own.id, number, step: own.input as RunbookStep, progress: past?.progress ?? 'never' }, run)]
    }),
  )
}

async function goingOf(known: Omit<Going, 'begun'>, run: RunId | undefined): Promise<Going> {
  if (run === undefined) return { ...known, begun: false }
  const journal = await readJournal(run).catch((): Event[] => [])
  const ended = endedOf(journal)
  return { ...known, run, begun: journal.length > 0, ...(ended && { ended }) }
}

/** Tried again, a step may be another run: the last counts. */
function lastFound(events: readonly Event[], step: string): Json | undefined {
  return events.filter((event) => event.event === 'observed').findLast((event) => event.step === step)?.found
}
