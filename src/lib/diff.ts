import { structuredPatch } from 'diff'
import { anotherSecret, beginningsOf, blotted } from './old-secrets.ts'
import { redact, redactWritten } from './redact.ts'

/** A unified diff without its heads: hunks (`@@ …`), then lines that begin with a blank, `-` or `+`. Empty when nothing differs. */
export type Diff = readonly string[]

const context = 3

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
    const known = isOld ? redactWritten(text, secrets) : redact(text, secrets)
    return old ? blotted(known, begins) : known
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
