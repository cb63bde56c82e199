import type { Foreseen } from '../engine/foresee.ts'
import type { Plan } from '../engine/plan.ts'
import type { Result } from '../engine/result.ts'
import { exitCodes } from '../lib/exit-codes.ts'
import type { ZdtError } from '../lib/errors.ts'
import type { Situation } from '../operations/situation.ts'
import type { Describe } from './plan-text.ts'

/** Any value as the one document that `--json` prints. */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** A run as one document: the result, with what was seen before and what was planned. */
export function resultJson(result: Result, seen: { readonly situation?: Situation; readonly plan?: Plan }): string {
  return jsonText({ ...result, ...seen })
}

/** What `--dry-run --json` prints: what was seen, what would be done, and every command by its step. */
export function dryRunJson(situation: Situation, plan: Plan, describe: Describe): string {
  const steps = plan.stages.flatMap((stage) => stage.steps.map((step) => ({ step: step.id, ...describe(step) })))
  return jsonText({ situation, plan, steps })
}

/** What going on with a run, or taking it back, would do: one document. */
export function foreseenJson({ stages, commands, note }: Foreseen, { id, title }: Plan, describe: Describe): string {
  const steps = stages.flatMap((stage) => stage.steps.map((step) => ({ step: step.id, ...describe(step) })))
  return jsonText({ run: id, title, ...(note !== undefined && { note }), steps, commands })
}

/** An error that ended zdt outside a run, as one document. */
export function errorJson({ message, code, exit, host, said, suggestions }: ZdtError): string {
  return jsonText({ exit: exitCodes[exit].code, error: { message, code, host, said, suggestions } })
}
