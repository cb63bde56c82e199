import type { Capacity, SeatRow, Situation } from '../operations/situation.ts'
import { cleanLine } from './clean.ts'
import { changeLines } from './diff-text.ts'
import { beside, count, wrap } from './lines.ts'
import { finish, type Page } from './page.ts'
import { stateColour } from './state-colour.ts'
import { table } from './table.ts'

/** What an operation saw when it made its plan: the table above the plan. `title` is the plan's. */
export function situationText(title: string, situation: Situation, page: Page): string {
  const { paint, width } = page
  const balancers = new Set(situation.seats.map(({ host }) => host)).size
  const where = [`fleet ${situation.fleet}`, ...(balancers > 0 ? [count(balancers, 'load balancer')] : [])].join(' · ')
  return finish(
    [
      ...beside([paint.bold(title)], paint.dim(where), width, '  '),
      ...seats(situation.seats, page),
      ...situation.facts.flatMap((fact) => wrap(cleanLine(fact), width, '  ', '    ')),
      ...changeLines(situation.changes ?? [], page),
      // Host by host it may be the same each time.
      ...new Set(situation.capacity.flatMap((capacity) => serving(capacity, page))),
    ],
    page,
  )
}

function seats(rows: readonly SeatRow[], { paint, width }: Page): string[] {
  if (rows.length === 0) return []
  return table(
    ['seat', 'state', 'weight', 'sessions+queue', 'check'],
    rows.map(({ host, backend, server, state, weight, sessions, queued, old, check }) => [
      `${host} ${backend}/${server}`,
      stateColour(state, paint)(cleanLine(state)),
      String(weight),
      // Those on workers of before a reload are on no table of HAProxy's, and are waited for all the same.
      `${sessions}+${queued}${old === undefined ? '' : `, ${old} on old workers`}`,
      cleanLine(check),
    ]),
    { width, paintHead: paint.dim },
  )
}

function serving({ pool, before, after, of, wanted, meanwhile }: Capacity, { paint, width }: Page): string[] {
  const when = meanwhile ? 'meanwhile' : before === after ? 'still' : 'after this'
  const text = `${when} ${after} of ${count(of, 'server')} serve ${pool} (at least ${wanted} wanted)`
  const lines = after < wanted ? wrap(text, width, '⚠ ') : wrap(text, width)
  return after < wanted ? lines.map(paint.yellow) : lines
}
