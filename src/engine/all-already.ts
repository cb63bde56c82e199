import type { Json } from '../lib/types.ts'
import type { Course } from './course.ts'
import type { Stage } from './plan.ts'

/** What each step of a stage found, by its id. */
export type Founds = ReadonlyMap<string, Json>

/**
 * Is every change of a stage there already? Then nobody need be asked for leave. Only looked at: nothing is ever begun on
 * the strength of it, for whatever is to be changed is observed again after the question. Undefined when it is not so, and
 * when it cannot be told.
 */
export async function allAlready({ steps }: Stage, course: Course): Promise<Founds | undefined> {
  try {
    const founds = await Promise.all(
      steps.map(async (step) => {
        const kind = course.kind(step)
        if (kind.flavour !== 'change') return undefined
        const found = await kind.observe(step.input, await course.on(step.host))
        return kind.isDone(step.input, found) ? ([step.id, found] as const) : undefined
      }),
    )
    const done = founds.filter((one) => one !== undefined)
    return done.length === steps.length ? new Map(done) : undefined
  } catch {
    // What is in the way is told by the step itself.
    course.engine.stop.throwIfAborted()
    return undefined
  }
}

/** Journals a stage of which there was nothing to do. */
export async function recordAlready({ number }: Stage, founds: Founds, course: Course): Promise<void> {
  await course.record({ event: 'stage', number })
  for (const [step, found] of founds) {
    await course.record({ event: 'observed', step, found })
    await course.record({ event: 'already', step })
  }
  await course.record({ event: 'stage-end', number })
}
