import { ZdtError } from '../lib/errors.ts'
import type { Course } from './course.ts'
import type { OddAnswer } from './operator.ts'
import type { Step } from './plan.ts'
import type { Stand } from './stand.ts'

/** Somebody else has changed what a step is about, or it has ended badly: tells it, asks, and has the error ready for an answer that ends it. */
export async function oddWorld(
  course: Course,
  step: Step,
  { notAfter, notBefore, badly }: Stand,
  doing: 'resume' | 'put-back',
): Promise<{ answer: OddAnswer; error: ZdtError }> {
  await course.record({ event: 'odd', step: step.id, notAfter, notBefore })
  const { title } = course.kind(step).describe(step.input, step.host)
  const answer = await course.engine.operator.odd({
    step,
    title,
    notAfter,
    notBefore,
    doing,
    badly: badly !== undefined,
  })
  const error = badly ?? new SomebodyElse(step, title, { notAfter, notBefore })
  // Ended from elsewhere, it was never answered.
  if (answer === 'pause' && course.engine.pause.aborted) return { answer, error }
  const number = course.plan.stages.find(({ steps }) => steps.some(({ id }) => id === step.id))?.number ?? 0
  await course.record({ event: 'answer', number, asked: 'odd', answer })
  return { answer, error }
}

/** Neither as the run leaves it nor as the run found it: not to be overwritten without a person. */
export class SomebodyElse extends ZdtError {
  constructor(step: Step, title: string, { notAfter, notBefore }: Pick<Stand, 'notAfter' | 'notBefore'>) {
    super(`${title}: somebody else has changed this`, {
      code: 'odd-world',
      exit: 'left',
      host: step.host,
      said: [
        ...notAfter.map((line) => `not as the run leaves it: ${line}`),
        ...notBefore.map((line) => `not as the run found it: ${line}`),
      ].join('\n'),
      suggestions: ['put it into one of the two states, or run this at a terminal: it asks what to do'],
    })
  }
}
