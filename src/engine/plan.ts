import { randomBytes } from 'node:crypto'
import type { HostName, Json, RunId } from '../lib/types.ts'

/** One of several that the same is done to, such as a server of a pool: where the plan allows for it, it may fail by itself. */
export type Lot = {
  readonly name: string
  /** Undone where the lot fails, so that nobody is sent there; what else was done to it stays. */
  readonly goesBack?: true
}

/** A step before its plan has given it an id. Step kinds make these; see src/steps. */
export type StepDraft = {
  readonly kind: string
  readonly host: HostName
  readonly input: Json
  readonly lot?: Lot
}

/** One thing to do on one host. `input` is the kind's own type. */
export interface Step extends StepDraft {
  /** Unique in the plan: the stage's number, the host, and a letter where a host has several, such as `3.lb1`. */
  readonly id: string
}

/** Steps that run side by side. Its number is what the operator is asked about. */
export interface Stage {
  readonly number: number
  readonly title: string
  readonly steps: readonly Step[]
  /** A person's own work goes before it: asked this even by whoever has said yes to all. */
  readonly asks?: string
  /** Only a person may say yes to that: an unattended run waits for it here or pauses, and whoever resumes it has said yes. */
  readonly approval?: true
  /** What the run is for is done by then: an unattended run whose clearing up fails pauses, rather than to put all back. */
  readonly clearsUp?: true
}

/** What a run will do, as data: it can be saved, shown, and resumed by another person. Stages run in order. */
export interface Plan {
  readonly id: RunId
  /** What the operator would call it: `drain app2`. */
  readonly title: string
  /** The sha256 of the fleet file that it was made from. */
  readonly fleet: string
  readonly stages: readonly Stage[]
  /** So many lots may fail, and are left out, before the run is a failure. Default: none. */
  readonly mayFail?: number
}

/** A stage before its plan has numbered it. */
export interface StageDraft {
  readonly title: string
  readonly steps: readonly StepDraft[]
  readonly asks?: string
  readonly approval?: true
  readonly clearsUp?: true
}

/** Steps that may run side by side. */
export function stage(title: string, steps: readonly StepDraft[]): StageDraft {
  return { title, steps }
}

/** The same, where what the run is for is done by then. */
export function clearingUp(title: string, steps: readonly StepDraft[]): StageDraft {
  return { title, steps, clearsUp: true }
}

/** Puts stages together; those without a step are left out. `id` is for steps that must know their run's name. */
export function plan(title: string, fleet: string, stages: readonly StageDraft[], id: RunId = newRunId()): Plan {
  return {
    id,
    title,
    fleet,
    stages: stages
      .filter(({ steps }) => steps.length > 0)
      .map(({ steps, ...said }, index) => ({ ...said, number: index + 1, steps: named(index + 1, steps) })),
  }
}

/** The hosts of a stage or a plan, each once, in order. */
export function hostsOf(steps: readonly StepDraft[]): HostName[] {
  return [...new Set(steps.map(({ host }) => host))]
}

function named(number: number, steps: readonly StepDraft[]): Step[] {
  return steps.map((step, index) => {
    const same = steps.slice(0, index).filter(({ host }) => host === step.host).length
    return { id: `${number}.${step.host}${same > 0 ? `.${same + 1}` : ''}`, ...step }
  })
}

/** Six characters of Crockford's base 32 (no I, L, O, U): a thousand million names, easily read aloud. */
export function newRunId(): RunId {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  return [...randomBytes(6)].map((byte) => alphabet[byte % 32]).join('') as RunId
}
