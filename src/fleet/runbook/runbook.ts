import type { Millis } from '../../lib/types.ts'

/** A command of the operator's own, run on this machine, by no shell. Plain data. */
export type Hook = {
  readonly argv: readonly string[]
  /** Where it runs: the directory of the runbook that names it. */
  readonly directory: string
  readonly timeout: Millis
}

/** One step of a runbook, its variables filled in. Plain data: it is journaled, so that what was begun is what goes on. */
export type RunbookStep = {
  readonly name: string
  /** A verb of zdt with its words: `['drain', 'app2']`. Unset where a person is asked. */
  readonly zdt?: readonly string[]
  /** What a person must say yes to before the next step. */
  readonly approve?: string
  readonly before: readonly Hook[]
  readonly after: readonly Hook[]
}

/** Steps in their order, those of what it includes among them. */
export interface Runbook {
  readonly file: string
  readonly title: string
  readonly steps: readonly RunbookStep[]
}
