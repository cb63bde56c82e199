import { Course, type Engine } from './course.ts'
import { heedAbort } from './give-up.ts'
import type { Outcome } from './outcome.ts'
import type { Plan } from './plan.ts'
import { runStages } from './run-stages.ts'

export type { Engine } from './course.ts'

/** Runs a plan stage by stage. Never throws for what happens on a host: the outcome says it. */
export async function carryOut(plan: Plan, engine: Engine): Promise<Outcome> {
  const course = new Course(plan, engine)
  return course.outcome(await heedAbort(course, await runStages(course, plan.stages)))
}
