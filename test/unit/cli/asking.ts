import { attended } from '../../../src/cli/attended.ts'
import { listenForInterrupts } from '../../../src/cli/signals.ts'

/* A run at a terminal in small: it works for a second, asks, and says how it was answered. Started by attended.test.ts. */

/** Somebody elsewhere says yes, a second after it was asked. */
const approved = process.argv.includes('approved')

const say = (text: string) => process.stderr.write(`${text}\n`)
const interrupts = listenForInterrupts(say)
const operator = attended({
  settled: () => Promise.resolve(),
  say,
  commandsOf: () => 'the commands',
  log: () => 'the log',
  ask: (prompt) => interrupts.ask(prompt),
  interrupt: () => interrupts.interrupt(),
  pause: interrupts.pause,
  approval: () => (approved ? AbortSignal.timeout(1000) : new AbortController().signal),
})

interrupts.begin()
say('working')
const work = setTimeout(() => undefined, 60_000)
await new Promise((resolve) => {
  interrupts.pause.addEventListener('abort', resolve)
  setTimeout(resolve, 1000)
})
if (!interrupts.pause.aborted) {
  const answer = await operator.confirm(
    { number: 1, title: 'set it', steps: [], ...(approved && { asks: 'Good enough?' }) },
    false,
  )
  say(`answered ${answer}`)
}
say(interrupts.pause.aborted ? 'interrupted' : 'not interrupted')
clearTimeout(work)
interrupts.dispose()
