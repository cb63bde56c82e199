import type { Plan, Stage, Step } from '../engine/plan.ts'
import { cleanLine } from './clean.ts'
import type { Describe } from './plan-text.ts'

/** What an event's step is, and where in its plan it stands. */
export interface Place {
  readonly stage: Stage
  readonly step: Step
  /** The step's own title. */
  readonly title: string
  /** `2/9`. */
  readonly of: string
}

/** Finds the stages and steps of a plan by the numbers and ids that its events carry. */
export interface PlanLookup {
  readonly plan: Plan
  stage(number: number): Stage | undefined
  step(id: string): Place | undefined
}

/** Makes the lookup of a plan; `describe` says what each step is. */
export function lookUp(plan: Plan, describe: Describe): PlanLookup {
  const stages = new Map(plan.stages.map((stage) => [stage.number, stage]))
  const last = plan.stages.at(-1)?.number ?? 0
  const places = new Map(plan.stages.flatMap((stage) => stage.steps.map((step) => [step.id, { stage, step }] as const)))
  return {
    plan,
    stage: (number) => stages.get(number),
    step: (id) => {
      const place = places.get(id)
      return place && { ...place, title: cleanLine(describe(place.step).title), of: `${place.stage.number}/${last}` }
    },
  }
}
