import { parseDuration } from '../../lib/durations.ts'
import type { Daemon } from '../../lib/rendered.ts'
import { assertNever } from '../../lib/types.ts'
import { Mistake } from '../errors.ts'
import { asText, type Helper } from './helper.ts'

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** `90s`: the largest unit that says it in a whole number, which HAProxy and nginx both read. */
function oneUnit(ms: number): string {
  const [unit, length] = units.find(([, size]) => ms % size === 0) ?? (['ms', 1] as const)
  return ms === 0 ? '0' : `${ms / length}${unit}`
}

function written(text: string, daemon: Daemon): string {
  const ms = parseDuration(text)
  if (ms === undefined) throw new Mistake(`${JSON.stringify(text)} is no duration, expected one such as 500ms or 1m30s`)
  switch (daemon) {
    case 'haproxy':
    case 'nginx':
      return oneUnit(ms)
    case 'keepalived':
      // Seconds, which may have a fraction.
      return String(ms / 1000)
    default:
      return assertNever(daemon)
  }
}

/** `{{duration "1m30s"}}` as the daemon reads it whose configuration is rendered. */
export const durations: Readonly<Record<string, Helper>> = {
  duration: { takes: [1, 1], call: ([text], _named, { daemon }) => written(asText(text), daemon) },
}
