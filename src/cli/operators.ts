import type { Event } from '../engine/events.ts'
import type { Operator } from '../engine/operator.ts'
import { describeStep } from '../steps/index.ts'
import { pageFor } from '../views/page.ts'
import { planText } from '../views/plan-text.ts'
import { runText } from '../views/runs-text.ts'
import type { View } from '../views/view.ts'
import type { RunFlags } from './flags.ts'
import type { Words } from './heed-words.ts'
import type { Interrupts } from './signals.ts'
import { unattended } from './unattended.ts'

interface Surroundings {
  readonly view: View
  readonly say: (text: string) => void
  readonly events: readonly Event[]
  readonly interrupts: Interrupts
  readonly words: Pick<Words, 'pause' | 'approval'>
}

/** A person at the terminal, or the flags. The prompts are loaded only where somebody will be asked. */
export async function chooseOperator(
  onTimeout: 'leave' | 'put-back',
  flags: RunFlags,
  { view, say, events, interrupts, words }: Surroundings,
): Promise<Operator> {
  // A word from elsewhere ends a question as a signal does.
  const pause = AbortSignal.any([interrupts.pause, words.pause])
  const approval = () => words.approval()
  if (flags.yes) return unattended(flags, onTimeout, { approval, pause })
  const { attended } = await import('./attended.ts')
  const page = pageFor(process.stderr)
  return attended({
    settled: () => view.settled(),
    say,
    commandsOf: (stage) => planText({ stages: [stage] }, describeStep, page, { commands: true }),
    log: () => runText(events, describeStep, page),
    ask: (prompt) => interrupts.ask(prompt),
    interrupt: () => interrupts.interrupt(),
    approval,
    pause,
  })
}
