import type { StepDraft } from '../engine/plan.ts'
import type { Description } from '../engine/step-kind.ts'
import type { RunbookStep } from '../fleet/runbook/runbook.ts'
import { quote } from '../lib/quote.ts'
import type { HostName, Json } from '../lib/types.ts'

/**
 * A step of a runbook, as its journal has it: a whole run of its own, which knows its way back. The engine is never given
 * one.
 */
export const runbookStep = {
  kind: 'runbook.step',
  at: (host: HostName, input: RunbookStep): StepDraft => ({ kind: 'runbook.step', host, input }),
  describe: (input: Json): Description => {
    const { name, zdt } = input as RunbookStep
    return { title: name, commands: zdt ? [quote(['zdt', ...zdt])] : [] }
  },
}
