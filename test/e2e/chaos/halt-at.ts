// Loaded into a zdt (`node --import`), so that it ends or stops itself at a moment and not a moment later: when the line
// of an event has been told, or so many milliseconds after that. The moment is in ZDT_CHAOS_HALT, as JSON.
import { writeSync } from 'node:fs'
import type { Plan } from '../../../src/engine/plan.ts'
import type { Moment } from './moments.ts'

/** What is done at the moment: SIGSTOP leaves it to the test to go on. A step is named by its id, or by its kind. */
export type Halt = Pick<Moment, 'event' | 'steps' | 'after'> & {
  readonly signal: 'SIGKILL' | 'SIGSTOP' | 'SIGTERM' | 'SIGHUP' | 'SIGINT'
}

const wanted = process.env['ZDT_CHAOS_HALT']
if (wanted !== undefined) listen(JSON.parse(wanted) as Halt)

function listen({ event, steps, after, signal }: Halt): void {
  let halted = false
  const kinds = new Map<string, string>()
  const isIt = (line: string): boolean => {
    if (!line.startsWith('{')) return false
    const said = JSON.parse(line) as { event?: string; step?: string; plan?: Plan }
    for (const step of said.plan?.stages.flatMap((stage) => stage.steps) ?? []) kinds.set(step.id, step.kind)
    const names = [said.step, kinds.get(said.step ?? '')]
    return said.event === event && (steps === undefined || steps.some((one) => names.includes(one)))
  }
  const halt = () => {
    writeSync(2, '\nhalted\n')
    process.kill(process.pid, signal)
  }
  const { stdout } = process
  const write = stdout.write.bind(stdout)
  stdout.write = (text: string, ...rest: []) => {
    const written = write(text, ...rest)
    if (!halted && text.split('\n').some(isIt)) {
      halted = true
      if (after === 0) halt()
      else setTimeout(halt, after)
    }
    return written
  }
}
