import { ZdtError } from '../lib/errors.ts'
import type { Course, Verdict } from './course.ts'
import { putBack } from './put-back.ts'
import type { Ends } from './side-by-side.ts'
import type { Step } from './plan.ts'
import { told } from './told.ts'

/**
 * Where the plan allows for it, what has failed by itself is left out, and the run goes on without it: so much of it is undone
 * that nobody is sent there, and the rest stays as it is for somebody to look at. False where it may not be left out.
 * `decide`: what becomes of the run where that cannot be undone; undefined: it is tried again.
 */
export async function leaveOut(
  { failed, late }: Ends,
  course: Course,
  decide: (error: ZdtError) => Promise<Verdict | undefined>,
): Promise<Verdict | boolean> {
  const ill = failed.length > 0 ? failed : late.map(overtime)
  const lots = new Map(ill.flatMap(({ step, error }) => (step.lot ? [[step.lot.name, { step, error }] as const] : [])))
  const isOneOf = (step: Step) => step.lot !== undefined && lots.has(step.lot.name)
  const { mayFail = 0 } = course.plan
  if (course.engine.pause.aborted || !ill.every(({ step, error }) => isOneOf(step) && error.code !== 'bug'))
    return false
  if (course.leftOut.length + lots.size > mayFail) return false
  for (const [lot, { step, error }] of lots) {
    await course.record({ event: 'left-out', step: step.id, lot, error: told(error) })
    course.leftOut.push({ lot, error: told(error) })
  }
  for (;;) {
    const stuck = await takeOut(course)
    course.engine.stop.throwIfAborted()
    const verdict = stuck && (await decide(stuck))
    if (!stuck || verdict) return verdict ?? true
  }
}

/** Undoes what sends anybody to what was left out; whoever left it out may have died before that. Returns why it cannot be. */
export function takeOut(course: Course): Promise<ZdtError | undefined> {
  return putBack(course, { only: (step) => course.isOut(step) && step.lot?.goesBack === true })
}

/** Its time was over. */
function overtime({ step, awaiting }: Ends['late'][number]): { step: Step; error: ZdtError } {
  const error = new ZdtError(`still awaited: ${awaiting.join('\n')}`, {
    code: 'timed-out',
    exit: 'left',
    host: step.host,
  })
  return { step, error }
}
