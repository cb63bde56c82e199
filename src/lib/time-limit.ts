import type { Millis } from './types.ts'

/** Time is counted in beats: one that comes later than this shows that we, and not the other side, were silent: stopped, suspended, or starved. */
const late: Millis = 250
const beat: Millis = 500
/** So long we read on where the last beat was one of these: what came meanwhile lies there, unread. */
const grace: Millis = 1000

/** Aborted when `ms` have passed in which we could have heard an answer. Like AbortSignal.timeout, it keeps no process alive. */
export function timeLimit(ms: Millis): AbortSignal {
  const over = new AbortController()
  const end = () => over.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError'))
  let left = ms
  const wait = (): void => {
    const began = performance.now()
    const length = Math.min(beat, left)
    setTimeout(() => {
      const passed = performance.now() - began
      const wasStopped = passed - length >= late
      // A machine that is starved for good must come to an end as well.
      left -= wasStopped ? late : passed
      if (left > 0) wait()
      else if (wasStopped) setTimeout(end, grace).unref()
      else end()
    }, length).unref()
  }
  wait()
  return over.signal
}
