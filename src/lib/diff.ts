import { structuredPatch } from 'diff'
import { redact } from './redact.ts'

/** A unified diff without its heads: hunks (`@@ …`), then lines that begin with a blank, `-` or `+`. Empty when nothing differs. */
export type Diff = readonly string[]

const context = 3
const anotherSecret = '‹another secret›'

/**
 * What has to be changed in `before` to make `after` of it, with no secret in it: neither those of `after`, which are known,
 * nor those that `before` still has in their places. Of a line there that begins as one with a secret does, the rest is
 * left out; where a line is nothing but a secret, so is all that is replaced together with it. Where `after` is itself a text
 * of before, `places` is the one of today, which has the known secrets in their places.
 */
export function diff(before: string, after: string, secrets: readonly string[] = [], places = after): Diff {
  const begins = beginningsOf(places, secrets)
  const isOld = places !== after
  const shown = (text: string, old: boolean) => {
    const known = redact(text, secrets)
    return old
      ? known
          .split('\n')
          .map((line) => blotted(line, begins))
          .join('\n')
      : known
  }
  const bare = begins.includes('') ? (isOld ? /^[-+]/ : /^-/) : undefined
  const [from, to] = [shown(before, true), shown(after, isOld)]
  const { hunks } = structuredPatch('', '', from, to, undefined, undefined, { context })
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...lines.map((line) => (bare?.test(line) ? `${line.charAt(0)}${anotherSecret}` : line)),
  ])
}

/** An empty range stands after its line. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`
}

/** What stands before the secrets in the lines that have one, without indentation. */
function beginningsOf(text: string, secrets: readonly string[]): string[] {
  const shown = redact(text, secrets)
  if (shown === text) return []
  const lines = shown.split('\n').filter((line) => line.includes('‹secret›'))
  return [...new Set(lines.map((line) => line.slice(0, line.indexOf('‹secret›')).trimStart()))]
}

function blotted(line: string, begins: readonly string[]): string {
  if (line.includes('‹secret›')) return line
  const begin = begins.find((one) => one !== '' && line.trimStart().startsWith(one))
  return begin === undefined ? line : line.slice(0, line.indexOf(begin) + begin.length) + anotherSecret
}
