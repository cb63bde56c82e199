import type { HostStatus, PoolStatus, RunStatus, StatusReport, VipStatus } from '../operations/status-report.ts'
import { formatDuration } from '../lib/durations.ts'
import { clean, cleanLine } from './clean.ts'
import { names, pad, widthOf, wrap, wrapItems } from './lines.ts'
import { finish, type Page } from './page.ts'
import { poolLines } from './pool-table.ts'
import { saidLines } from './said.ts'

/** What is true of the fleet now: VIPs and their holders, hosts and their daemons, pools as each load balancer sees them. */
export function statusText(report: StatusReport, page: Page): string {
  const column = Math.max(
    3,
    ...report.hosts.map(({ host }) => widthOf(host)),
    ...report.pools.map(({ pool }: PoolStatus) => widthOf(pool)),
  )
  const widest = Math.max(0, ...report.vips.map(({ name }) => widthOf(name)))
  const unseen = new Set(report.hosts.flatMap(({ host, error }) => (error ? [host as string] : [])))
  const top = [
    ...report.vips.flatMap((vip) => vipLines(vip, unseen, column, page, widest)),
    ...report.hosts.flatMap((host) => hostLines(host, column, page)),
  ]
  const legend = wrap('a cell: state and weight · sessions, + requests in the queue', page.width).map(page.paint.dim)
  const busy = report.pools.some(({ rows }) =>
    rows.some(({ cells }) => cells.some(({ sessions, queued }) => sessions + queued > 0)),
  )
  return [
    finish(top, page),
    ...report.pools.map((pool) => finish(poolLines(pool, column, page), page)),
    finish(busy ? legend : [], page),
    finish(
      report.runs.flatMap((run) => runLines(run, page)),
      page,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** What somebody is doing there, or has left there half done. */
function runLines({ run, title, isRunning, asks, next }: RunStatus, { paint, width }: Page): string[] {
  const waits = asks === undefined ? '' : `, and waits for a yes: ${cleanLine(asks)} ${next}`
  if (isRunning) return wrap(`run ${run} (${cleanLine(title)}) is at work here${waits}`, width, '', '  ')
  return wrap(`⚠ run ${run} (${cleanLine(title)}) is half done: ${next}`, width, '', '  ').map(paint.yellow)
}

function vipLines(
  { name, address, holders, hosts }: VipStatus,
  unseen: ReadonlySet<string>,
  column: number,
  page: Page,
  widest: number,
) {
  const { paint, width } = page
  const others = hosts.filter((host) => !holders.includes(host))
  const items = [`${pad(name, widest)}   ${address} ${heldBy(holders)}`]
  const asleep = others.filter((host) => !unseen.has(host))
  const dark = others.filter((host) => unseen.has(host))
  if (asleep.length > 0) items.push(`not on ${names(asleep, 30)}`)
  if (dark.length > 0) items.push(`${names(dark, 30)} not seen`)
  const lines = wrapItems(items, width, `${pad('VIP', column)}   `)
  return holders.length === 1 ? lines : lines.map(paint.red)
}

function heldBy(holders: readonly string[]): string {
  if (holders.length === 1) return `on ${holders.join()}`
  return holders.length === 0 ? '✖ on no host' : `✖ on ${holders.join(' and ')}: split brain`
}

function hostLines({ host, error, daemons }: HostStatus, column: number, page: Page): string[] {
  const { width, paint } = page
  const lead = `${pad(host, column)}   `
  if (error) {
    return [
      ...wrap(cleanLine(error.message), width, `${lead}✖ `).map(paint.red),
      ...saidLines(error, page, ' '.repeat(lead.length)),
    ]
  }
  const items = daemons.flatMap(({ name, version, pid, upSeconds, notes }) => {
    const up = upSeconds === undefined ? '' : ` up ${formatDuration(upSeconds * 1000)}`
    return [`${name} ${clean(version)}${up} (pid ${pid})`, ...notes.map(cleanLine)]
  })
  return wrapItems(items.length > 0 ? items : ['no haproxy, nginx or keepalived in zdt.yaml'], width, lead)
}
