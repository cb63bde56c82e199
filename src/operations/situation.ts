import type { ServiceChange } from './config/compare.ts'

/** One seat as its load balancer sees it, in an operator's words. */
export type SeatRow = {
  readonly host: string
  readonly backend: string
  readonly server: string
  /** `up 100`'s first half: ready, drain, maint, or down with HAProxy's own word. */
  readonly state: string
  readonly weight: number
  readonly sessions: number
  readonly queued: number
  /** Sessions on workers of before a reload, where there are such workers. */
  readonly old?: number
  /** `200 in 2 ms`, `connection refused`, `none`. */
  readonly check: string
}

/** How many servers of a pool serve before and after, as the load balancer that sees the fewest sees it. */
export type Capacity = {
  readonly pool: string
  readonly before: number
  readonly after: number
  readonly of: number
  readonly wanted: number
  /** They are back in the end. */
  readonly meanwhile?: true
}

/** What an operation saw when it made its plan; shown above the plan. */
export type Situation = {
  readonly fleet: string
  readonly seats: readonly SeatRow[]
  readonly capacity: readonly Capacity[]
  /** Other facts, one a line: `web1 runs nginx 1.22.1 (master 812, 2 workers); /tmp/nginx is nginx 1.26.3`. */
  readonly facts: readonly string[]
  /** Of configurations, what is live against what is to be. */
  readonly changes?: readonly ServiceChange[]
}
