import type { Paint } from './paint.ts'

/** Paints what starts with a server's state: serving green, taken out on purpose yellow, anything else red. */
export function stateColour(state: string, paint: Paint): (text: string) => string {
  if (/^(up|ready|no check)\b/i.test(state)) return paint.green
  if (/^(drain|maint|nolb)/i.test(state)) return paint.yellow
  return paint.red
}
