import type { Outcome } from '../engine/outcome.ts'
import { ZdtError } from '../lib/errors.ts'

/** Whose lease is lost sees a world that others change: that it is lost is to be told first, and then what was seen. */
export function leaseFirst(outcome: Outcome, { aborted, reason }: AbortSignal): Outcome {
  const { ended, error } = outcome
  const isHalf = ended === 'paused' || ended === 'left' || ended === 'interrupted'
  if (!aborted || !isHalf || !error || !(reason instanceof ZdtError) || error.code === reason.code) return outcome
  const { message, code, exit, host, said, suggestions } = reason
  const told = new ZdtError(message, {
    code,
    exit,
    ...(host !== undefined && { host }),
    said: [said, `seen before that: ${error.message}`].filter(Boolean).join('\n'),
    suggestions,
    cause: error,
  })
  return { ...outcome, error: told }
}
