import type { Exit } from '../lib/exit-codes.ts'
import type { ZdtError } from '../lib/errors.ts'
import type { Cut } from './step-kind.ts'
import type { Plan } from './plan.ts'
import type { Told } from './events.ts'

/** How a run ended. */
export type Ended =
  | 'done'
  | 'already'
  /** It failed before anything was changed. */
  | 'untouched'
  | 'put-back'
  /** It ended with something changed that nobody put back. */
  | 'left'
  | 'paused'
  | 'interrupted'

/** A lot that failed, and why. */
export type LeftOut = { readonly lot: string; readonly error: Told }

export interface Outcome {
  readonly plan: Plan
  readonly ended: Ended
  /** The first thing that went wrong. */
  readonly error?: ZdtError
  /** Waits were ended by force, and who was cut off by that: no putting back undoes it. */
  readonly forced?: readonly Cut[]
  /** Something was mended, and is kept though all else was put back. */
  readonly stays?: true
  /** What failed by itself, and was left out of it. */
  readonly leftOut?: readonly LeftOut[]
  /** Why there was nothing to do, where a run is resumed or taken back that is over. */
  readonly note?: string
  /** The commands that would put back what is left, last change first. */
  readonly left: readonly string[]
}

/** The exit code's name for the end of a run. */
export const exitOf: { readonly [ended in Ended]: Exit } = {
  done: 'ok',
  already: 'ok',
  untouched: 'refused',
  'put-back': 'putBack',
  left: 'left',
  paused: 'left',
  interrupted: 'interrupted',
}
