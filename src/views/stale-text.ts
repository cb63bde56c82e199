import { basename } from 'node:path'
import { formatDuration } from '../lib/durations.ts'
import type { StaleDaemon, StaleHost, StaleReport } from '../operations/stale-report.ts'
import { clean, cleanLine } from './clean.ts'
import { pad, widthOf, wrap, wrapItems } from './lines.ts'
import { finish, type Page } from './page.ts'
import { saidLines } from './said.ts'

/** Which daemons run code that is no longer on disk, and which updates of it wait: a block a host. `now` is for tests. */
export function staleText({ hosts }: StaleReport, page: Page, now = Date.now()): string {
  if (hosts.length === 0) return finish(['no haproxy, nginx or keepalived in zdt.yaml'], page)
  const column = Math.max(...hosts.map(({ host }) => widthOf(host)))
  const stale = hosts.filter(({ daemons }) => daemons.some(({ stale, leaving }) => stale > 0 && !leaving))
  const next =
    stale.length > 0 ? ['', ...wrap(`zdt refresh ${stale.map(({ host }) => host).join(' ')}`, page.width)] : []
  return finish([...hosts.flatMap((host) => hostLines(host, column, page, now)), ...next], page)
}

function hostLines({ host, daemons, waiting, listsAt, error }: StaleHost, column: number, page: Page, now: number) {
  const { width, paint } = page
  const indent = ' '.repeat(column + 3)
  const room = width - indent.length
  const lead = (first: boolean) => (first ? `${pad(host, column)}   ` : indent)
  if (error) {
    return [
      ...wrap(cleanLine(error.message), width, `${lead(true)}✖ `).map(paint.red),
      ...saidLines(error, page, indent),
    ]
  }
  const fresh = daemons.filter(({ stale, processes }) => stale === 0 && processes > 0).map(({ daemon }) => daemon)
  const asleep = daemons.filter(({ processes }) => processes === 0).map(({ daemon }) => daemon)
  const good = [
    ...(fresh.length > 0 ? [`${fresh.join(' and ')}: ${fresh.length === 1 ? 'runs' : 'run'} what lies on disk`] : []),
    ...(asleep.length > 0 ? [`${asleep.join(' and ')}: not running`] : []),
    ...(daemons.length === 0 ? ['no haproxy, nginx or keepalived in zdt.yaml'] : []),
  ]
  const updates = waiting.map(({ package: name, installed, candidate }) => `${name} ${installed} → ${candidate}`)
  const age = listsAt === undefined ? '' : `, by apt’s lists of ${formatDuration(Math.max(0, now - listsAt))} ago`
  const lines = [
    ...daemons.filter(({ stale }) => stale > 0).flatMap((one) => staleLines(one, page, room)),
    ...wrapItems(good, room),
    ...(updates.length > 0 ? wrapItems(updates, room, `updates wait${clean(age)}: `, '  ') : []),
  ]
  return lines.map((line, index) => `${lead(index === 0)}${line}`)
}

function staleLines({ daemon, stale, processes, leaving, gone }: StaleDaemon, { paint }: Page, room: number) {
  const of = `${stale} of ${processes} processes`
  const head = leaving
    ? `${daemon}: ${of} run what is no longer on disk, and end with their connections`
    : `⚠ ${daemon}: ${of} run what is no longer on disk`
  return [
    ...wrap(head, room).map(leaving ? paint.dim : paint.red),
    ...gone.flatMap(({ path, package: owner, installed }) =>
      wrap(
        `${clean(basename(path))}${owner ? `, of which ${clean(owner)} ${clean(installed ?? '')} lies there now` : ''}`,
        room,
        '  ',
      ),
    ),
  ]
}
