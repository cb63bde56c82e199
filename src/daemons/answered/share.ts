import type { Millis } from '../../lib/types.ts'

/** What a server has answered, as a load balancer has it. A type: a step keeps it. */
export type Answered = {
  readonly server: string
  readonly answers: number
  /** 5xx, connections that failed, and, where it is known, answers that never came whole. */
  readonly errors: number
  /** How long an answer took on average until its first byte; null where nothing is known. */
  readonly took: Millis | null
}

/** How many of a number of answers were errors, and how long they took. */
export interface Share {
  readonly answers: number
  readonly errors: number
  /** 0 to 1; 0 of nothing. */
  readonly share: number
  readonly took: Millis | null
}

/** Adds up what some servers have answered. */
export function shareOf(some: readonly Answered[]): Share {
  const answers = some.reduce((sum, one) => sum + one.answers, 0)
  const errors = some.reduce((sum, one) => sum + one.errors, 0)
  const timed = some.filter(({ took }) => took !== null)
  const of = timed.reduce((sum, one) => sum + one.answers, 0)
  const took = timed.reduce((sum, one) => sum + (one.took ?? 0) * one.answers, 0)
  return { answers, errors, share: answers === 0 ? 0 : errors / answers, took: of === 0 ? null : Math.round(took / of) }
}
