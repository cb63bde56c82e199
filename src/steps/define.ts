import type { StepDraft } from '../engine/plan.ts'
import type { ChangeKind, GuardKind, WaitKind } from '../engine/step-kind.ts'
import type { HostName, Json } from '../lib/types.ts'

/** Makes a step of its kind for one host. */
interface Makes<Input extends Json> {
  at(host: HostName, input: Input): StepDraft
}

function at<Input extends Json>(kind: string): Makes<Input> {
  return { at: (host, input) => ({ kind, host, input }) }
}

/** A kind of step that changes something and can put it back. */
export function defineChange<Input extends Json, Found extends Json>(
  kind: Omit<ChangeKind<Input, Found>, 'flavour'>,
): ChangeKind<Input, Found> & Makes<Input> {
  return { flavour: 'change', ...kind, ...at<Input>(kind.kind) }
}

/** A kind of step that waits and changes nothing. */
export function defineWait<Input extends Json>(kind: Omit<WaitKind<Input>, 'flavour'>): WaitKind<Input> & Makes<Input> {
  return { flavour: 'wait', ...kind, ...at<Input>(kind.kind) }
}

/** A kind of step that checks once whether the next may be done. */
export function defineGuard<Input extends Json>(
  kind: Omit<GuardKind<Input>, 'flavour'>,
): GuardKind<Input> & Makes<Input> {
  return { flavour: 'guard', ...kind, ...at<Input>(kind.kind) }
}

/** Done: nothing is awaited. */
export const seen = { done: true, awaiting: [] } as const

/** Not yet, and why; done when there is no reason. */
export function notYet(...awaiting: readonly (string | false | undefined | null)[]): {
  done: boolean
  awaiting: string[]
} {
  const reasons = awaiting.filter((reason) => typeof reason === 'string')
  return { done: reasons.length === 0, awaiting: reasons }
}
