import { redact, redactWritten } from './redact.ts'

/** What stands in the place of a secret of before: that it is another one may be known. */
export const anotherSecret = '‹another secret›'

/**
 * What stands before the secrets in the lines of a text that have one, without indentation: where older texts have theirs.
 * An empty one where a line is nothing but a secret.
 */
export function beginningsOf(text: string, secrets: readonly string[]): string[] {
  const shown = redact(text, secrets)
  if (shown === text) return []
  const lines = shown.split('\n').filter((line) => line.includes('‹secret›'))
  return [...new Set(lines.map((line) => line.slice(0, line.indexOf('‹secret›')).trimStart()))]
}

/** Of lines that begin as one with a secret does, the rest is left out. Secrets that are known are to be redacted before. */
export function blotted(text: string, begins: readonly string[]): string {
  return text
    .split('\n')
    .map((line) => blottedLine(line, begins))
    .join('\n')
}

/** An older text without the secrets of today, those that stood in their places, and what is a password by its word. */
export function withoutOldSecrets(text: string, secrets: readonly string[], today: string): string {
  return blotted(redactWritten(text, secrets), beginningsOf(today, secrets))
}

function blottedLine(line: string, begins: readonly string[]): string {
  if (line.includes('‹secret›')) return line
  const begin = begins.find((one) => one !== '' && line.trimStart().startsWith(one))
  return begin === undefined ? line : line.slice(0, line.indexOf(begin) + begin.length) + anotherSecret
}
