import { ZdtError } from '../lib/errors.ts'
import { Course, type Engine, type Verdict } from './course.ts'
import type { Event } from './events.ts'
import { giveUp, heedAbort } from './give-up.ts'
import { historyOf, type History } from './history.ts'
import { lookAround } from './look-around.ts'
import { takeOut } from './leave-out.ts'
import type { Ended, Outcome } from './outcome.ts'
import type { Stage } from './plan.ts'
import { putBack } from './put-back.ts'
import { runStages } from './run-stages.ts'
import { asZdtError } from './told.ts'
import { toRun } from './to-run.ts'

/**
 * Goes on with a run that was left half done, by whom and wherever: looks at what was changed first, does again what is
 * not so any more, then what was never begun. Never throws for what happens on a host. Throws `journal-damaged`.
 */
export async function resume(events: readonly Event[], engine: Engine): Promise<Outcome> {
  const history = historyOf(events)
  const over = overAlready(history)
  if (over) return { plan: history.plan, ended: 'already', left: [], note: over }
  const course = new Course(history.plan, engine, history)
  return course.outcome(await heedAbort(course, await goOn(history, course)))
}

/**
 * Takes back all that a run did, finished or not, last first; a rollback that died is gone on with. Waits and holds are
 * skipped, the capacity check never is. Never throws for what happens on a host. Throws `journal-damaged`.
 */
export async function rollback(events: readonly Event[], engine: Engine): Promise<Outcome> {
  const history = historyOf(events)
  const course = new Course(history.plan, engine, history)
  const note = nothingOwed(history, course)
  if (note !== undefined) return { plan: history.plan, ended: 'already', left: [], note }
  const error = await putBack(course, { pause: engine.pause })
  if (engine.stop.aborted) return course.outcome({ ended: 'interrupted' })
  if (!error && engine.pause.aborted && course.owed.length > 0) {
    return course.outcome(await heedAbort(course, course.interrupted()))
  }
  return course.outcome(error ? { ended: 'left', error } : { ended: 'put-back' })
}

async function goOn(history: History, course: Course): Promise<Verdict> {
  try {
    const around = await lookAround(history, course)
    const stuck = 'verdict' in around ? undefined : await takeOut(course)
    if (stuck) return { ended: 'left', error: stuck }
    if (!('verdict' in around))
      return await runStages(course, approved(history, toRun(history, around.holding, course), course))
    if (around.verdict !== 'put-back') return around.verdict
    return await giveUp(course)
  } catch (thrown) {
    if (course.engine.stop.aborted) return { ended: course.touched ? 'interrupted' : 'untouched' }
    // Such as a host that cannot be reached: nothing was done, and what is owed is owed still.
    const error = thrown instanceof ZdtError ? thrown : asZdtError(thrown, '')
    return { ended: course.touched ? 'left' : 'untouched', error }
  }
}

/**
 * A run that paused for a yes has it from whoever resumes it; one that died before it was answered, or paused for anything else,
 * has not. What is only checked again was said yes to before.
 */
function approved({ approved: number }: History, stages: readonly Stage[], course: Course): readonly Stage[] {
  const next = stages.findIndex(({ steps }) => steps.some((step) => course.kind(step).flavour !== 'guard'))
  return stages.map((stage, index) => {
    if (!stage.approval || index > next || (index === next && stage.number !== number)) return stage
    const { approval: _given, asks, ...rest } = stage
    return index === next && asks !== undefined ? { ...rest, asks } : rest
  })
}

/** Why there is nothing to take back. */
export function nothingOwed({ forced }: History, { owed }: Course): string | undefined {
  if (owed.length > 0) return undefined
  return forced ? 'what was done by force cannot be put back' : 'nothing of it is left to put back'
}

/** Why there is nothing to go on with. */
export function overAlready({ ended }: History): string | undefined {
  const over: { readonly [each in Ended]?: string } = {
    done: 'it is done',
    already: 'there was nothing to do',
    'put-back': 'it was put back',
  }
  return ended && over[ended]
}
