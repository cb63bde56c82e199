import type { HalfDone } from '../half-done.ts'
import type { Told } from '../../engine/events.ts'
import type { Rules, Variant } from '../../lib/split-rules.ts'
import type { HostName, Millis } from '../../lib/types.ts'

/** One of the two pools. */
export type VariantReport = {
  readonly variant: Variant
  readonly pool: string
  /** How many of its servers serve, as the balancer that sees the fewest sees it; null where nobody tells. */
  readonly up: number | null
  readonly of: number
  /** What its servers have answered since the load balancers' workers started; null of nginx, which counts nothing. */
  readonly answered: { readonly answers: number; readonly errors: number; readonly took: Millis | null } | null
}

/** Who is sent where. */
export type RulesReport = {
  readonly rules: Rules['rules']
  /** Of those that no rule names, how many are sent to `b`, in percent. */
  readonly share: number
}

/** A split as its balancers have it. */
export type SplitReport = {
  readonly name: string
  /** `haproxy/edge`. */
  readonly balancer: string
  /** What zdt.yaml has looked at: `x-shop`. */
  readonly header: string | null
  readonly cookie: string | null
  /** By what the share is drawn: `cookie session`, `address`. */
  readonly shareBy: string
  readonly hosts: readonly {
    readonly host: HostName
    /** Null where it cannot be told. */
    readonly rules: RulesReport | null
    /** What is not as zdt leaves it. */
    readonly odd: readonly string[]
    readonly error?: Told
  }[]
  readonly pools: readonly VariantReport[]
}

/** What `zdt split` tells. */
export type SplitsReport = {
  readonly splits: readonly SplitReport[]
  /** Runs of this machine that are at work on their balancers, or half done. */
  readonly runs: readonly Pick<HalfDone, 'run' | 'title' | 'isRunning' | 'next'>[]
}
