import { ZdtError } from '../lib/errors.ts'
import type { Course, Verdict } from './course.ts'
import { putBack } from './put-back.ts'

/** Puts back all that is owed, because of `error` or because somebody wants it so, and says how that came out. */
export async function giveUp(course: Course, error?: ZdtError): Promise<Verdict> {
  const { touched } = course
  const failed = await putBack(course)
  if (failed) course.engine.stop.throwIfAborted()
  const why = error && failed ? bothErrors(error, failed) : (error ?? failed)
  const ended = failed ? 'left' : touched ? 'put-back' : 'untouched'
  return { ended, ...(why && { error: why }) }
}

/**
 * Told to abort, a run that has paused gives up, and so does one that was done before it could pause. What could not be put
 * back already is not tried again.
 */
export async function heedAbort(course: Course, verdict: Verdict): Promise<Verdict> {
  const { abort, stop } = course.engine
  const goesBack = verdict.ended === 'paused' || verdict.ended === 'interrupted' || verdict.ended === 'done'
  if (!abort?.aborted || stop.aborted || !course.touched || !goesBack) return verdict
  try {
    return await giveUp(course, verdict.error)
  } catch (thrown) {
    if (stop.aborted) return { ended: 'interrupted' }
    throw thrown
  }
}

/** What went wrong, and why it could not be put back either: a person needs both. */
function bothErrors(first: ZdtError, second: ZdtError): ZdtError {
  const said = [first.said, second.said].filter(Boolean).join('\n')
  return new ZdtError(`${first.message}; putting back stopped: ${second.message}`, {
    code: first.code,
    exit: 'left',
    ...(second.host && { host: second.host }),
    ...(said && { said }),
    suggestions: second.suggestions,
    cause: first,
  })
}
