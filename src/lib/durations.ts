import type { Millis } from './types.ts'

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Nothing is waited for longer: within what a timer takes (2³¹ ms), and longer than any run should last. */
export const longestWait: Millis = 7 * 86_400_000

/** Reads `500ms`, `2s`, `5m`, `1h30m` or `0`. Returns undefined when the text is no duration. */
export function parseDuration(text: string): Millis | undefined {
  if (text === '0') return 0
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined
  let total = 0
  for (const [, number = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(number) * (units[unit] ?? Number.NaN)
  }
  return Math.round(total)
}

/** Says a duration as an operator would: `40 ms`, `0.1 s`, `41 s`, `2 m 10 s`, `26 m`, `12 d`. */
export function formatDuration(ms: Millis): string {
  if (ms < 100) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10 && seconds % 60 !== 0) return `${minutes} m ${seconds % 60} s`
  if (minutes < 60) return `${minutes} m`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} m`
  return `${Math.floor(hours / 24)} d`
}
