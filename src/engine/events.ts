import type { Ended } from './outcome.ts'
import type { Plan } from './plan.ts'
import type { Cut } from './step-kind.ts'
import type { Claim, Says } from './says.ts'
import type { Word } from '../hosts/lease/words.ts'
import type { HostName, Json, Millis } from '../lib/types.ts'

/** An error as it is told and journaled. */
export type Told = {
  readonly message: string
  readonly code: string
  readonly host?: string
  readonly said?: string
  readonly suggestions?: readonly string[]
}

/** What happens in a run, in the order in which it happens. `step` is a step's id, `number` a stage's. */
export type Happening =
  | {
      readonly event: 'run'
      readonly plan: Plan
      readonly operator: string
      readonly pid: number
      /** The process, so that another on the same machine can tell whether it still runs: see src/hosts/lease/own-process.ts. */
      readonly process?: string
      /** The fleet's name. */
      readonly fleet?: string
      /** The traffic beside it, as the operator asked for it: whoever goes on with the run sends the same. */
      readonly probe?: { readonly url: string; readonly maxLost?: number }
      /** For whoever resumes it: what it needs for itself, and what it says at its end. */
      readonly claims?: readonly Claim[]
      /** The addresses of their hosts: the same names may be other machines' when it is taken up again. */
      readonly addresses?: { readonly [host: HostName]: string }
      readonly says?: Says
    }
  /** Another process goes on with the run, or takes it back, in the same journal. */
  | { readonly event: 'resumed'; readonly operator: string; readonly pid: number; readonly process?: string }
  | { readonly event: 'rolling-back'; readonly operator: string; readonly pid: number; readonly process?: string }
  /** It was taken over from the machine where it was begun. */
  | { readonly event: 'adopted'; readonly operator: string; readonly pid: number }
  /** Somebody elsewhere has said something to it; `heeded`: what was said yes to is asked. */
  | {
      readonly event: 'word'
      readonly id: string
      readonly word: Word['verb']
      readonly by: string
      readonly number?: number
      readonly heeded: boolean
    }
  /** It waits for a person's yes, for so long at the most; without: until there is an answer. */
  | { readonly event: 'asking'; readonly number: number; readonly question: string; readonly timeout?: Millis }
  | { readonly event: 'stage'; readonly number: number }
  | {
      readonly event: 'answer'
      readonly number: number
      readonly asked: string
      readonly answer: string
      readonly words?: string
    }
  | { readonly event: 'observed'; readonly step: string; readonly found: Json }
  | { readonly event: 'already'; readonly step: string }
  | { readonly event: 'applying'; readonly step: string }
  | { readonly event: 'waiting'; readonly step: string; readonly awaiting: readonly string[]; readonly timeout: Millis }
  /** What a command said, as it comes: whole lines. The host keeps it, no journal does. */
  | { readonly event: 'output'; readonly step: string; readonly lines: readonly string[] }
  /** `foundSo`: nothing was done for it now, the host showed it already. */
  | { readonly event: 'verified'; readonly step: string; readonly took: Millis; readonly foundSo?: true }
  | { readonly event: 'failed'; readonly step: string; readonly took: Millis; readonly error: Told }
  | { readonly event: 'timed-out'; readonly step: string; readonly took: Millis; readonly awaiting: readonly string[] }
  | { readonly event: 'forced'; readonly step: string }
  /** Whom the force has cut off. */
  | { readonly event: 'cut'; readonly step: string; readonly cut: Cut }
  /** A lot has failed, and the run goes on without it. */
  | { readonly event: 'left-out'; readonly step: string; readonly lot: string; readonly error: Told }
  | { readonly event: 'undoing'; readonly step: string }
  /** `stays`: a mend, which is kept. */
  | {
      readonly event: 'undone'
      readonly step: string
      readonly took: Millis
      readonly foundSo?: true
      readonly stays?: true
    }
  | { readonly event: 'undo-failed'; readonly step: string; readonly error: Told }
  /** The world is neither as the step leaves it nor as it found it; what speaks against each, one line a reason. */
  | {
      readonly event: 'odd'
      readonly step: string
      readonly notAfter: readonly string[]
      readonly notBefore: readonly string[]
    }
  | { readonly event: 'stage-end'; readonly number: number }
  | {
      readonly event: 'end'
      readonly ended: Ended
      readonly left: readonly string[]
      readonly exit?: number
      readonly probe?: Json
    }

/** A happening with its time, in milliseconds since 1970. */
export type Event = Happening & { readonly at: number }

/** Keeps an event: in the journal, on disk, before anybody is told. Rejects when it cannot be kept. */
export type Record = (happening: Happening) => Promise<void>
