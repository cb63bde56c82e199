import type { Json } from '../lib/types.ts'
import type { Told } from './events.ts'
import type { Ended, LeftOut } from './outcome.ts'
import type { Cut } from './step-kind.ts'

/** What a run comes to: the one value that people and pipelines read, on screen and as `--json`. */
export type Result = {
  readonly run: string
  readonly title: string
  readonly ended: Ended
  readonly exit: number
  /** The last line: what is true now. */
  readonly summary: string
  readonly error?: Told
  /** Commands that are left to do by hand, last change first. */
  readonly left: readonly string[]
  /** The command that takes it back, done or half done. */
  readonly putBackWith?: string
  /** The command that goes on with what was left half done. */
  readonly goOnWith?: string
  /** What becomes of a half where nothing is typed. */
  readonly meanwhile?: string
  /** What failed by itself and was left out of what was done. */
  readonly leftOut?: readonly LeftOut[]
  /** Whom a wait that was ended by force has cut off. */
  readonly forced?: readonly Cut[]
  /** The probe's ledger, where one was kept. */
  readonly probe?: Json
  /** What the ledger proves, and what makes its figures weak: one sentence each. */
  readonly probeRemarks?: readonly string[]
}
