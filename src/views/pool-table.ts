import type { CellStatus, PoolStatus } from '../operations/status-report.ts'
import { cleanLine } from './clean.ts'
import { pad, widthOf, wrap } from './lines.ts'
import type { Page } from './page.ts'
import { stateColour } from './state-colour.ts'

/**
 * A pool as each of its load balancers sees it: a row a load balancer, a column a server. Servers that do not fit come
 * in further groups of columns below; what is not as it should be is said in words under the table.
 */
export function poolLines({ pool, servers, rows }: PoolStatus, column: number, page: Page): string[] {
  const { paint, width } = page
  const widths = new Map(
    servers.map((server) => [
      server,
      Math.max(
        widthOf(server),
        ...rows.flatMap(({ cells }) => cells.filter((one) => one.server === server).map(cellWidth)),
      ),
    ]),
  )
  const lines = groups(servers, widths, width - column - 3).flatMap((group) => [
    paint.bold(
      row(
        pool,
        column,
        group.map((server) => pad(server, widths.get(server) ?? 0)),
      ),
    ),
    ...rows.map(({ host, error, cells }) =>
      error
        ? row(host, column, [paint.red(`✖ ${cleanLine(error.message)}`)])
        : row(
            host,
            column,
            group.map((server) => cellText(server, cells, widths.get(server) ?? 0, page)),
          ),
    ),
  ])
  return [...lines, ...notes(rows, page, column)]
}

function row(name: string, column: number, cells: readonly string[]): string {
  return `${pad(name, column)}   ${cells.join('  ')}`
}

/** As many servers side by side as fit, at least one. */
function groups(servers: readonly string[], widths: ReadonlyMap<string, number>, room: number): string[][] {
  const all: string[][] = []
  let used = Infinity
  for (const server of servers) {
    const more = (widths.get(server) ?? 0) + 2
    if (used + more > room + 2) {
      all.push([])
      used = 0
    }
    all.at(-1)?.push(server)
    used += more
  }
  return all
}

const cellWidth = (cell: CellStatus) => widthOf(cellWords(cell))

/** `up 100 · 14+3`: the weight where it has a meaning, the sessions where there are any. */
function cellWords({ state, weight, sessions, queued, differs }: CellStatus): string {
  const word = cleanLine(state)
  const weighed = /^(drain|maint|down|unknown)/i.test(word) ? word : `${word} ${weight}`
  const busy = sessions + queued > 0 ? ` · ${sessions}${queued > 0 ? `+${queued}` : ''}` : ''
  return `${differs ? '⚠ ' : ''}${weighed}${busy}`
}

function cellText(server: string, cells: readonly CellStatus[], width: number, { paint }: Page): string {
  const cell = cells.find((one) => one.server === server)
  if (!cell) return paint.dim(pad('-', width))
  const colour = cell.differs ? paint.yellow : stateColour(cell.state, paint)
  return colour(pad(cellWords(cell), width))
}

interface Seen {
  readonly host: string
  readonly cell: CellStatus
}

function notes(rows: PoolStatus['rows'], { paint, width }: Page, column: number): string[] {
  const lead = ' '.repeat(column + 3)
  const cells = rows.flatMap(({ host, cells }) => cells.map((cell) => ({ host, cell })))
  const differing = [...new Set(cells.filter(({ cell }) => cell.differs).map(({ cell }) => cell.server))]
  const between = rows.filter(({ error }) => !error).map(({ host }) => host)
  return [
    ...differing
      .flatMap((server) => wrap(`${server} differs between ${between.join(' and ')}`, width, lead))
      .map(paint.yellow),
    ...outBy(cells, width, lead),
    ...cells
      .filter(({ cell }) => /^(down|unknown)/i.test(cell.state))
      .flatMap(({ host, cell }) => wrap(`${cell.server} on ${host}: ${cleanLine(cell.check)}`, width, lead))
      .map(paint.red),
  ]
}

/** `app2 in drain since 14:02, by run 5F1A, oncall@ops2`, and on which load balancers where they do not all say so. */
function outBy(cells: readonly Seen[], width: number, lead: string): string[] {
  const said = new Map<string, string[]>()
  for (const { host, cell } of cells) {
    if (cell.outBy === undefined) continue
    const words = `${cell.server} in ${cleanLine(cell.state)} ${cleanLine(cell.outBy)}`
    said.set(words, [...(said.get(words) ?? []), host])
  }
  const all = new Set(cells.map(({ host }) => host)).size
  return [...said].flatMap(([words, hosts]) =>
    wrap(hosts.length === all ? words : `${words} (on ${hosts.join(', ')})`, width, lead),
  )
}
