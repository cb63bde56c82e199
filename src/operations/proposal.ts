import type { Plan } from '../engine/plan.ts'
import type { Says } from '../engine/says.ts'
import type { Situation } from './situation.ts'

/** What an operation returns: what it saw, what it would do, and what to say when that is done. */
export type Proposal = Says & {
  readonly situation: Situation
  readonly plan: Plan
  /** What the run brings to its hosts, by sha256: see On.text. Never shown, never journaled. */
  readonly texts?: ReadonlyMap<string, string>
}
