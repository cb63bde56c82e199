import type { Event } from '../engine/events.ts'
import type { RunRow } from '../engine/run-row.ts'
import type { KnownRun } from '../operations/all-runs.ts'
import { cleanLine } from './clean.ts'
import { makeEventTeller } from './event-lines.ts'
import { names, widthOf, wrap } from './lines.ts'
import { finish, type Page } from './page.ts'
import type { Describe } from './plan-text.ts'
import { table } from './table.ts'
import { dayAndTime } from './times.ts'

/** The runs of this machine, as `zdt runs` lists them. */
export function runsText(rows: readonly KnownRun[], page: Page): string {
  if (rows.length === 0) return finish(['no run yet'], page)
  const { paint, width } = page
  const colour = (ended: RunRow['ended']) => {
    if (ended === 'done' || ended === 'already') return paint.green
    return ended === 'put-back' || ended === 'untouched' ? paint.yellow : paint.red
  }
  // Of one fleet, its name would be noise.
  const several = new Set(rows.map(({ fleet }) => fleet)).size > 1
  const heads = ['run', 'when', ...(several ? ['fleet'] : []), 'title', 'operator', 'ended', 'lost', 'hosts']
  const cells = rows.map(({ run, at, fleet, title, operator, ended, going, lost, hosts }) => [
    run,
    dayAndTime(at),
    ...(several ? [cleanLine(fleet ?? '-')] : []),
    cleanLine(title),
    cleanLine(operator),
    // Going on still, or killed: on another machine's the journal cannot tell.
    going === 'running' ? paint.yellow('running') : colour(ended)(ended ?? (going ? goingWords[going] : 'no end')),
    lost === undefined ? '' : String(lost),
    names(hosts, 24),
  ])
  const whole = table(heads, cells, { width: Infinity, indent: 0, paintHead: paint.dim })
  // Titles name most hosts: the last column is not worth a second line for each run.
  const fits = whole.every((line) => widthOf(line) <= width)
  const [fewer = [], ...rest] = [heads, ...cells].map((row) => row.slice(0, -1))
  const lines = fits ? whole : table(fewer, rest, { width, indent: 0, paintHead: paint.dim })
  // Of a runbook that stopped in a step, the runbook is what is gone on with.
  const parts = new Set(rows.filter((row) => row.halfDone).flatMap((row) => row.parts))
  const halfDone = rows.filter((row) => row.halfDone && !parts.has(row.run))
  const asking = rows.filter(({ going, asks }) => going === 'running' && asks !== undefined)
  const next = [...asking.flatMap((run) => askedBy(run, page)), ...halfDone.flatMap((run) => nextFor(run, page))]
  return finish([...lines, ...(next.length > 0 ? ['', ...next] : [])], page)
}

const goingWords = { running: 'running', died: 'died', stuck: 'lost its locks' } as const

/** What a run at work waits for. */
function askedBy({ run, asks = '' }: KnownRun, { width }: Page): string[] {
  return wrap(`${run} waits for a yes: ${cleanLine(asks)} zdt promote ${run}`, width, '', '  ')
}

/** What to type for a run that is half done: from here, or first to have it here. */
function nextFor({ run, here }: KnownRun, { width }: Page): string[] {
  const next = here
    ? `zdt resume ${run}, or zdt rollback ${run}`
    : `zdt adopt ${run}, and then zdt resume or zdt rollback`
  return wrap(`${run} is half done: ${next}`, width, '', '  ')
}

/** Under the text, beside the times. */
const hang = ' '.repeat('14:02:11 '.length)

/** A run told from its journal, as `zdt runs show` does: what was found, done and put back, and when; `next`: what there is to do about it. */
export function runText(events: readonly Event[], describe: Describe, page: Page, next?: string): string {
  const tell = makeEventTeller(describe, page.paint, { findings: true })
  const [first] = events
  const day = first ? [page.paint.dim(dayAndTime(first.at).slice(0, 10))] : []
  const told = events.flatMap(tell).flatMap((line) => wrap(line, page.width, '', hang))
  return finish([...day, ...told, ...(next === undefined ? [] : ['', ...wrap(next, page.width, '', '  ')])], page)
}
