import { formatDuration } from '../lib/durations.ts'
import type { Millis } from '../lib/types.ts'
import type { Counts, Ledger, Tally } from '../probe/ledger.ts'
import { cleanLine } from './clean.ts'
import { wrap, wrapItems } from './lines.ts'
import { finish, type Page } from './page.ts'
import { table } from './table.ts'
import { clockTime } from './times.ts'

const lead = '  probe  '

/**
 * What the probe counted: one line where nothing was lost. With `steps`, and always when something was lost, also a table
 * of the steps and the first losses.
 */
export function ledgerText(ledger: Ledger, page: Page, { steps = false }: { readonly steps?: boolean } = {}): string {
  const { total, baseline } = ledger
  const { paint, width } = page
  const before = baseline.p99 === null ? '' : ` (before: ${took(baseline.p99)})`
  const items = [
    `${number(total.sent)} sent`,
    total.lost > 0 ? paint.red(`${number(total.lost)} lost (${counts(total.byCause)})`) : '0 lost',
    `${number(total.retried)} retried`,
    ...(total.p99 === null ? [] : [`p99 ${took(total.p99)}${before}`]),
    `longest gap ${took(total.longestGap)}`,
  ]
  return finish(
    [
      ...wrapItems(items, width, lead),
      ...doubts(ledger).flatMap((doubt) => wrap(doubt, width, `${' '.repeat(lead.length)}⚠ `).map(paint.yellow)),
      ...(steps || total.lost > 0 ? [...stepTable(ledger, page), ...losses(ledger, page)] : []),
    ],
    page,
  )
}

/** Why the figures may not tell all: "0 lost" of nothing sent is no proof. */
function doubts({ total, state, duration, selfDelayMax }: Ledger): string[] {
  return [
    ...(total.sent === 0 ? ['nothing was sent, so nothing is proven'] : []),
    ...(total.skipped > 0 ? [`${number(total.skipped)} could not be sent by the prober itself`] : []),
    ...(state === 'max-duration'
      ? [`it ended by itself after ${took(duration)}: what came later was not measured`]
      : []),
    ...(selfDelayMax > 50 && selfDelayMax * 2 > total.longestGap
      ? [`the prober itself was held up for ${took(selfDelayMax)}: gaps below that may be its own`]
      : []),
    ...(Object.keys(total.unexpected).length > 0 ? [`answered, but not well: ${counts(total.unexpected)}`] : []),
  ]
}

function stepTable({ baseline, steps }: Ledger, { width, paint }: Page): string[] {
  const row = (label: string, tally: Tally) => [
    cleanLine(label),
    number(tally.sent),
    tally.lost > 0 ? paint.red(number(tally.lost)) : '0',
    number(tally.retried),
    tally.p99 === null ? '-' : took(tally.p99),
    took(tally.longestGap),
    counts(tally.byCause),
  ]
  const rows = [row('before', baseline), ...steps.map(({ label, tally }) => row(label, tally))]
  return table(['while', 'sent', 'lost', 'retried', 'p99', 'longest gap', 'lost to'], rows, {
    width,
    indent: lead.length,
    paintHead: paint.dim,
  })
}

const shown = 5

function losses({ losses, total }: Ledger, { width }: Page): string[] {
  const more = total.lost - Math.min(shown, losses.length)
  const rest = more > 0 ? [`${' '.repeat(lead.length)}and ${number(more)} more`] : []
  const first = losses.slice(0, shown).flatMap(({ request, at, step, cause }) => {
    const when = `${clockTime(Date.parse(at))}${step === '' ? '' : ` in ${cleanLine(step)}`}`
    return wrap(
      `lost at ${when}: ${cleanLine(cause)} (User-Agent zdt-probe/1 #${request})`,
      width,
      ' '.repeat(lead.length),
    )
  })
  return [...first, ...rest]
}

function counts(byName: Counts): string {
  return Object.entries(byName)
    .map(([name, count]) => `${number(count)} ${cleanLine(name)}`)
    .join(', ')
}

/** `1,234`. */
export function number(value: number): string {
  return value.toLocaleString('en-US')
}

/** Two digits: more would be noise. */
export function took(ms: Millis): string {
  return ms < 100 ? `${Number(ms.toPrecision(2))} ms` : formatDuration(ms)
}
