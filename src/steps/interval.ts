import type { Millis } from '../lib/types.ts'

/** Until the next look of a wait that lasts `whole`: four of them or more, `most` apart, and one when it is over. */
export function intervalUntil(whole: Millis, waited: Millis, most: Millis): Millis {
  const usual = Math.min(most, Math.max(100, whole / 4))
  const left = whole - waited
  return left > 0 ? Math.min(usual, left) : usual
}
