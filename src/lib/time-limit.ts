import type { Millis } from './types.ts'

/** A timer that is later than this shows that we, and not the other side, were silent: stopped, suspended, or starved. */
const late: Millis = 250
/** So long we then read on: what came meanwhile lies there, unread. */
const grace: Millis = 1000

/** Aborted when `ms` have passed in which we could have heard an answer. Like AbortSignal.timeout, it keeps no process alive. */
export function timeLimit(ms: Millis): AbortSignal {
  const over = new AbortController()
  const due = performance.now() + ms
  const end = () => over.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError'))
  setTimeout(() => {
    if (performance.now() - due < late) end()
    else setTimeout(end, grace).unref()
  }, ms).unref()
  return over.signal
}
