import { cleanLine } from './clean.ts'
import { makeEventTeller } from './event-lines.ts'
import { legible } from './page.ts'
import { paintFor } from './paint.ts'
import type { Describe } from './plan-text.ts'
import { clockTime } from './times.ts'
import type { View } from './view.ts'

/** A run in a pipeline or a log: one line an event, no cursor movement, and of a long wait only what is new. */
export function lineView(
  describe: Describe,
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): View {
  const paint = paintFor(stream, env)
  const tell = makeEventTeller(describe, paint)
  const write = (line: string) => stream.write(`${legible(line, { paint }).trimEnd()}\n`)
  return {
    event: (event) => {
      // What is left to do by hand the result says, under this.
      for (const line of tell(event.event === 'end' ? { ...event, left: [] } : event)) write(line)
    },
    note: (text) => {
      write(`${paint.dim(clockTime(Date.now()))} ${cleanLine(text)}`)
    },
    settled: () => Promise.resolve(),
  }
}
