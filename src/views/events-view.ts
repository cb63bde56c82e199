import type { View } from './view.ts'

/** `--events`: every event as one line of JSON, as it is told. */
export function eventsView(stream: NodeJS.WritableStream): View {
  let full = false
  // A reader that has gone says so once: no `drain` comes any more, and Node takes its own stdout for writable still.
  let gone = false
  stream.once('error', () => {
    gone = true
  })
  return {
    event: (event) => {
      if (!gone) full = !stream.write(`${JSON.stringify(event)}\n`)
    },
    note: () => undefined,
    settled: async () => {
      // A pipe may be slow to read; what is told must not be cut off by the exit.
      if (full && !gone && stream.writable) await drainedOrGone(stream)
      full = false
    },
  }
}

function drainedOrGone(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    for (const end of ['drain', 'error', 'close']) stream.once(end, () => resolve())
  })
}
