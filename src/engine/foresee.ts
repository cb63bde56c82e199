import type { ZdtError } from '../lib/errors.ts'
import { Course, type Engine } from './course.ts'
import type { Event } from './events.ts'
import { historyOf, isDone, type History, type Past } from './history.ts'
import { lookAround, thingsOf } from './look-around.ts'
import type { Plan, Stage } from './plan.ts'
import { isLeft } from './put-back.ts'
import { nothingOwed, overAlready } from './resume.ts'
import { toRun } from './to-run.ts'

/** What taking a run up again would do, as the world is now. */
export type Foreseen = {
  /** What would be run, or undone, in that order. */
  readonly stages: readonly Stage[]
  /** The commands that put back what the run did, last change first, where it is taken back. */
  readonly commands: readonly string[]
  /** Why there is nothing to do. */
  readonly note?: string
  /** What is in the way: somebody else has changed what the run is about. */
  readonly error?: ZdtError
}

/** Looks as `resume` does, and touches nothing: no host, no journal. Throws what a host throws that cannot be looked at. */
export async function foreseeResume(events: readonly Event[], engine: Engine): Promise<Foreseen> {
  const history = historyOf(events)
  const note = overAlready(history)
  if (note !== undefined) return { stages: [], commands: [], note }
  const course = new Course(history.plan, engine, history)
  const around = await lookAround(history, course, { touches: false })
  if ('holding' in around) return { stages: toRun(history, around.holding, course), commands: [] }
  const { verdict } = around
  return { stages: [], commands: [], ...(verdict !== 'put-back' && verdict.error && { error: verdict.error }) }
}

/** The same of `rollback`. Throws, exit `left`, where somebody else has changed what would be put back. */
export async function foreseeRollback(events: readonly Event[], engine: Engine): Promise<Foreseen> {
  const history = historyOf(events)
  const course = new Course(history.plan, engine, history)
  const note = nothingOwed(history, course)
  if (note !== undefined) return { stages: [], commands: [], note }
  const turned = new Set<string>()
  for (const owed of course.owed.toReversed()) {
    const things = thingsOf(owed.step, course)
    // What a later step about the same thing has made of it is no news of this one: when that is undone, this one is left.
    const isLater = things.some((thing) => turned.has(thing))
    if (!isLater && (await isLeft(course, owed)) === 'no') course.debts.settle(owed.step)
    else for (const thing of things) turned.add(thing)
  }
  const { left: commands } = course.outcome({ ended: 'paused' })
  return { stages: backwards(history.plan, course.owed), commands }
}

/** What the journal alone says is ahead. */
export function ahead(history: History, way: 'resume' | 'rollback'): Stage[] {
  const { plan, owed } = history
  if (way === 'rollback') return backwards(plan, owed)
  return plan.stages.filter(({ steps }) => steps.some(({ id }) => !isDone(history, id)))
}

/** The stages with what is owed alone, last first. */
function backwards({ stages }: Plan, owed: readonly Past[]): Stage[] {
  const ids = new Set(owed.map(({ step }) => step.id))
  return stages
    .map((stage) => ({
      ...stage,
      title: `undo: ${stage.title}`,
      steps: stage.steps.filter(({ id }) => ids.has(id)),
    }))
    .filter(({ steps }) => steps.length > 0)
    .toReversed()
}
