import type { Millis } from '../lib/types.ts'

/** Where an open-loop schedule stands: request n is due at n / rate seconds, whatever became of the ones before. */
export interface Schedule {
  /** Requests a second. */
  readonly rate: number
  /** No request is due from here on. */
  readonly end: Millis
  /** The number of the next request. */
  readonly next: number
}

/** What to do now. */
export interface Due {
  /** Due and given up: the clock jumped further than a burst may catch up. */
  readonly skip: number
  /** To be started now, after those skipped. */
  readonly start: number
  /** Until the next one is due; undefined when there is no next one. */
  readonly wait: Millis | undefined
}

/** What is due `elapsed` after the start. A late timer is caught up with, but with no more than a tenth of a second's requests. */
export function dueAt({ rate, end, next }: Schedule, elapsed: Millis): Due {
  const until = Math.min(elapsed, end)
  // At `until` itself the request is due, but at `end` itself there is none.
  const dueCount = elapsed < end ? Math.floor((until * rate) / 1000) + 1 : Math.ceil((end * rate) / 1000)
  const behind = Math.max(0, dueCount - next)
  const start = Math.min(behind, burst(rate))
  const following = dueTime(Math.max(dueCount, next), rate)
  return { skip: behind - start, start, wait: following < end ? Math.max(0, following - elapsed) : undefined }
}

/** When request `number` is due, from the start. */
export function dueTime(number: number, rate: number): Millis {
  return (number * 1000) / rate
}

/** The most requests that are started at once. */
export function burst(rate: number): number {
  return Math.max(10, Math.ceil(rate / 10))
}

/**
 * Whether request `number` opens a connection of its own: every other one, and never more than 200 a second. A closed
 * connection holds its port for a minute, so that 12,000 of Linux's 28,232 ephemeral ports are in use at most.
 */
export function isFresh(number: number, rate: number): boolean {
  return number % Math.max(2, Math.ceil(rate / 200)) === 0
}
