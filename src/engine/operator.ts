import type { ZdtError } from '../lib/errors.ts'
import type { Millis } from '../lib/types.ts'
import type { Stage, Step } from './plan.ts'

/** What was still awaited when a stage's time was over. */
export interface Overtime {
  readonly stage: Stage
  readonly awaiting: readonly string[]
  /** What `force` would do, where the stage's waits know a way: `shut the sessions`. */
  readonly force?: string
}

/** A world that is neither as a step leaves it nor as it found it: somebody else was there, or the step has ended badly. */
export interface Odd {
  readonly step: Step
  /** The step's own title. */
  readonly title: string
  /** What speaks against its being done, one line each. */
  readonly notAfter: readonly string[]
  /** What speaks against its being undone. */
  readonly notBefore: readonly string[]
  /** What the run is about: putting back, `done` means that it is undone, `not-done` that it is left as it is. */
  readonly doing: 'resume' | 'put-back'
  readonly badly: boolean
}

/** `put-back` is no answer while everything is being put back. */
export type OddAnswer = 'look-again' | 'done' | 'not-done' | 'put-back' | 'pause'

/** Whoever decides: a person at a terminal, or the flags of an unattended run. */
export interface Operator {
  /** A person, who takes time to answer while the world goes on. */
  readonly attended?: boolean
  /** Unattended, how long it waits where only a person may say yes, for one who says it from elsewhere; else it pauses. */
  readonly waits?: Millis
  /** `touched`: something has been changed already, so that there is something to put back. */
  confirm(stage: Stage, touched: boolean): Promise<'yes' | 'pause' | 'put-back'>
  failed(stage: Stage, error: ZdtError): Promise<'retry' | 'pause' | 'put-back'>
  timedOut(overtime: Overtime): Promise<'wait' | 'force' | 'leave' | 'put-back' | 'pause'>
  odd(odd: Odd): Promise<OddAnswer>
}
