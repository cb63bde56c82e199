import type { Json } from '../lib/types.ts'
import type { Past } from './history.ts'
import type { Plan, Step } from './plan.ts'

/** A change that was begun, and what was there before it. */
export type Owed = Past & {
  readonly found: Json
  /** Begun by this process and not seen to be done: half of it may be there, and nobody else has had the time. */
  readonly inHand: boolean
}

/** What would have to be put back, by this process and by those before it. */
export class Debts {
  private readonly stages: ReadonlyMap<string, number>
  private all: Owed[]

  constructor({ stages }: Plan, past: readonly Past[]) {
    this.stages = new Map(stages.flatMap(({ number, steps }) => steps.map(({ id }) => [id, number] as const)))
    this.all = past.map(({ found = null, ...one }) => ({ ...one, found, inHand: false }))
  }

  /** In the order in which it was done: by the plan, and within a stage by time. */
  get inOrder(): readonly Owed[] {
    const stageOf = ({ step }: Owed) => this.stages.get(step.id) ?? 0
    return this.all.toSorted((a, b) => stageOf(a) - stageOf(b))
  }

  /** From now on it must be put back. Tried again, a step may find its own half-done work: what was found first counts. */
  owe(step: Step, found: Json): void {
    const before = this.all.find((owed) => owed.step.id === step.id)
    if (!before) this.all.push({ step, found, progress: 'applying', inHand: true })
    else this.replace({ ...before, progress: 'applying', inHand: true })
  }

  /** The host has shown that it is done. */
  seenDone(step: Step): void {
    const owed = this.all.find((one) => one.step.id === step.id)
    if (owed) this.replace({ ...owed, progress: 'verified', inHand: false })
  }

  /** Nothing of it is left. */
  settle(step: Step): void {
    this.all = this.all.filter((owed) => owed.step.id !== step.id)
  }

  private replace(one: Owed): void {
    this.all = this.all.map((owed) => (owed.step.id === one.step.id ? one : owed))
  }
}
