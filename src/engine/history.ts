import { ZdtError } from '../lib/errors.ts'
import type { Json } from '../lib/types.ts'
import type { Event } from './events.ts'
import type { Ended, LeftOut } from './outcome.ts'
import type { Plan, Step } from './plan.ts'
import type { Cut } from './step-kind.ts'

/** How far a step came, by the journal alone; what is true the host must say. */
export type Progress = 'never' | 'observed' | 'already' | 'applying' | 'verified' | 'undoing' | 'undone' | 'undo-failed'

/** A step of the past. */
export interface Past {
  readonly step: Step
  readonly progress: Progress
  /** What undo would put back: what was there when the step was first begun, not what a second try found half done. */
  readonly found?: Json
}

/** What a run's journal tells of it, whoever wrote which part. */
export interface History {
  readonly plan: Plan
  /** Of every step of the plan, by its id. */
  readonly steps: ReadonlyMap<string, Past>
  /** Changes that were begun and not undone, in the order in which they were begun. */
  readonly owed: readonly Past[]
  /** A wait was ended by force: that cannot be put back. */
  readonly forced: boolean
  /** What failed by itself, and was left out. */
  readonly leftOut: readonly LeftOut[]
  /** Whom that has cut off. */
  readonly cut: readonly Cut[]
  /** How the last process that worked on it ended; unset when it was killed. */
  readonly ended?: Ended
  /** The number of the stage that was said yes to last, or at which it paused for its yes, which whoever resumes it has said. */
  readonly approved?: number
}

/** The journal has seen the step done, or found so. */
export function isDone({ steps }: Pick<History, 'steps'>, id: string): boolean {
  const progress = steps.get(id)?.progress
  return progress === 'verified' || progress === 'already'
}

/** Reads a journal. Throws when it does not tell what the run was, or what a step found. */
export function historyOf(events: readonly Event[]): History {
  const begun = events.find((event) => event.event === 'run')
  if (!begun) throw damaged('it does not tell what the run was to do')
  const steps = new Map<string, Past>(
    begun.plan.stages.flatMap((stage) => stage.steps.map((step) => [step.id, { step, progress: 'never' }] as const)),
  )
  const owed = new Map<string, Past>()
  for (const event of events) {
    const past = 'step' in event ? steps.get(event.step) : undefined
    if (!past || !('step' in event)) continue
    const next = after(past, event, owed.has(past.step.id))
    steps.set(past.step.id, next)
    if (event.event === 'applying' && next.found === undefined)
      throw damaged(`it does not tell what ${event.step} found`)
    if (event.event === 'undone') owed.delete(past.step.id)
    else if (event.event === 'applying' || owed.has(past.step.id)) owed.set(past.step.id, next)
  }
  const ended = endedOf(events)
  const approved = approvedIn(events, ended)
  return {
    plan: begun.plan,
    steps,
    owed: [...owed.values()],
    forced: events.some((event) => event.event === 'forced'),
    leftOut: events.flatMap((event) => (event.event === 'left-out' ? [{ lot: event.lot, error: event.error }] : [])),
    cut: events.flatMap((event) => (event.event === 'cut' ? [event.cut] : [])),
    ...(ended && { ended }),
    ...(approved !== undefined && { approved }),
  }
}

/** Nothing that was taken back since, and no question that nobody has answered. */
function approvedIn(events: readonly Event[], ended: Ended | undefined): number | undefined {
  const last = events.findLast(
    (event) =>
      event.event === 'undoing' ||
      event.event === 'rolling-back' ||
      (event.event === 'answer' && event.asked === 'run'),
  )
  if (last?.event !== 'answer') return undefined
  return last.answer === 'yes' || (last.answer === 'pause' && ended === 'paused') ? last.number : undefined
}

/** How the last process that worked on a run ended; undefined while it works, and when it was killed. */
export function endedOf(events: readonly Event[]): Ended | undefined {
  let ended: Ended | undefined
  let before: Ended | undefined
  let adopted = false
  let forced = false
  for (const event of events) {
    if (event.event === 'forced') forced = true
    if (event.event === 'run' || event.event === 'resumed' || event.event === 'rolling-back') {
      before = event.event === 'rolling-back' && !forced ? 'put-back' : ended
      ended = undefined
      adopted = false
    }
    // Whoever worked on it can do so no more, and nobody else has begun to.
    if (event.event === 'adopted') adopted = true
    // One that found nothing to do has not changed how the one before it ended; or nothing of it was left to put back, but for what was forced.
    if (event.event === 'end') ended = event.ended === 'already' ? (before ?? 'already') : event.ended
  }
  return ended ?? (adopted ? 'paused' : undefined)
}

function after(past: Past, event: Event, owed: boolean): Past {
  switch (event.event) {
    case 'observed':
      return owed ? past : { ...past, progress: 'observed', found: event.found }
    case 'already':
      // Tried again, it may find its own work done: that is still owed.
      return { ...past, progress: owed ? 'verified' : 'already' }
    case 'applying':
    case 'verified':
    case 'undoing':
    case 'undone':
    case 'undo-failed':
      return { ...past, progress: event.event }
    default:
      return past
  }
}

function damaged(why: string): ZdtError {
  return new ZdtError(`the journal of this run is damaged: ${why}`, { code: 'journal-damaged', exit: 'left' })
}
