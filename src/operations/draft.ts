import type { StageDraft } from '../engine/plan.ts'
import type { Capacity, SeatRow } from './situation.ts'

/** A part of a proposal: what is to be done to the daemons of one kind. */
export interface Draft<Work> {
  /** As found, with what is to come. */
  readonly works: readonly Work[]
  /** Those of them that do not run it already. */
  readonly todo: readonly Work[]
  readonly seats: readonly SeatRow[]
  readonly capacity: readonly Capacity[]
  readonly facts: readonly string[]
  /** What comes before anything is touched, on all hosts: what does not live must cost nobody anything. */
  readonly tested: readonly StageDraft[]
  readonly carriedOut: readonly StageDraft[]
}
