import type { Millis } from '../lib/types.ts'

/**
 * Until the next look of a wait that lasts `whole`: four of them or more, `most` apart, and one when it is over. A look that
 * began right before that is followed by another soon.
 */
export function intervalUntil(whole: Millis, waited: Millis, most: Millis): Millis {
  const usual = Math.min(most, Math.max(100, whole / 4))
  const left = whole - waited
  if (left > 0) return Math.min(usual, left)
  return -left < usual / 2 ? Math.min(usual, 100) : usual
}
