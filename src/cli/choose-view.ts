import { describeStep } from '../steps/index.ts'
import type { View } from '../views/view.ts'

/** How a run is shown while it goes on: as NDJSON, drawn on a terminal, or one line an event. Only that one is loaded. */
export async function chooseView({ events }: { readonly events: boolean }): Promise<View> {
  if (events) return (await import('../views/events-view.ts')).eventsView(process.stdout)
  if (process.stderr.isTTY && process.env['TERM'] !== 'dumb') {
    return (await import('../views/terminal-view.ts')).terminalView(describeStep, process.stderr)
  }
  return (await import('../views/line-view.ts')).lineView(describeStep, process.stderr)
}
