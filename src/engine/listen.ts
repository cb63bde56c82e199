import type { Json } from '../lib/types.ts'
import type { Record } from './events.ts'
import type { Step } from './plan.ts'
import type { ChangeKind, On } from './step-kind.ts'

/** Tells what a step's command has said since the last time. A host that does not answer just now has nothing to say. */
export function listenTo(kind: ChangeKind<Json, Json>, step: Step, record: Record): (on: On) => Promise<void> {
  let from = 0
  return async (on) => {
    const said = await kind.output?.(step.input, on, from).catch(() => undefined)
    if (!said) return
    from = said.next
    if (said.lines.length > 0) await record({ event: 'output', step: step.id, lines: said.lines })
  }
}
