import type { Course } from './course.ts'
import type { History } from './history.ts'
import { thingsOf } from './look-around.ts'
import type { Stage, Step } from './plan.ts'

/**
 * What is left to run of a plan of which the changes in `holding` hold. From the first step that is not done on, what waits
 * is waited for again; what is checked is checked again from the beginning, for it may be hours later. None of them, nor what
 * ends by itself, where a later change that holds makes it pointless.
 */
export function toRun({ plan, steps }: History, holding: ReadonlySet<string>, course: Course): Stage[] {
  const all = plan.stages.flatMap(({ number, steps: own }) => own.map((step) => ({ number, step })))
  const isPast = (over: ReadonlySet<string>, step: Step, number: number): boolean => {
    const things = course.kind(step).protects?.(step.input, step.host) ?? []
    return (
      things.length > 0 &&
      things.every((thing) =>
        all.some(
          (later) => later.number > number && over.has(later.step.id) && thingsOf(later.step, course).includes(thing),
        ),
      )
    )
  }
  // What has ended by itself, and is not needed any more, is over like what holds.
  const over = new Set([
    ...holding,
    ...all.flatMap(({ step, number }) =>
      course.kind(step).flavour === 'change' && isPast(holding, step, number) ? [step.id] : [],
    ),
  ])
  const pointless = (step: Step, number: number): boolean => isPast(over, step, number)
  const isLeft = ({ step, number }: { step: Step; number: number }): boolean => {
    if (course.isOut(step)) return false
    if (course.kind(step).flavour === 'change') return !over.has(step.id)
    return steps.get(step.id)?.progress !== 'verified' && !pointless(step, number)
  }
  const first = all.find((one) => isLeft(one) && course.kind(one.step).flavour !== 'guard') ?? all.find(isLeft)
  if (!first) return []
  const isRun = (step: Step, number: number): boolean => {
    if (course.isOut(step)) return false
    const { flavour } = course.kind(step)
    if (flavour === 'change') return !over.has(step.id)
    return (flavour === 'guard' || number >= first.number || isLeft({ step, number })) && !pointless(step, number)
  }
  return plan.stages
    .map((stage) => ({ ...stage, steps: stage.steps.filter((step) => isRun(step, stage.number)) }))
    .filter(({ steps: left }) => left.length > 0)
}
