import type { RunRow } from '../engine/run-row.ts'
import type { HostLocks } from '../operations/locks.ts'
import { formatDuration } from '../lib/durations.ts'
import { cleanLine } from './clean.ts'
import { finish, type Page } from './page.ts'
import { table } from './table.ts'

/** Who holds which host, VIP or pool, since when and for how long; `zdt lock`. */
export function locksText(hosts: readonly HostLocks[], page: Page): string {
  const { paint, width } = page
  const rows = hosts.flatMap(({ host, leases }) =>
    leases.map(({ scope, run, holder, title, since, left }) => [
      host,
      scope.replace('-', ' '),
      run ?? '?',
      cleanLine(holder ?? 'somebody unknown'),
      cleanLine(title ?? ''),
      since === undefined ? '' : formatDuration(Math.max(0, Date.now() - since * 1000)),
      formatDuration(left),
    ]),
  )
  const errors = hosts.flatMap(({ host, error }) =>
    error ? [paint.red(`✖ ${host}: ${cleanLine(error.message)}`)] : [],
  )
  const lines =
    rows.length > 0
      ? table(['host', 'lock', 'run', 'holder', 'title', 'since', 'ends in'], rows, {
          width,
          indent: 0,
          paintHead: paint.dim,
        })
      : ['nobody holds a lock']
  return finish([...lines, ...errors], page)
}

/** What `zdt adopt` took over, and how to go on. */
export function adoptedText(
  { run, title, operator, ended }: Pick<RunRow, 'run' | 'title' | 'operator' | 'ended'>,
  page: Page,
): string {
  const what = `✔ run ${run} (${cleanLine(title)}, begun by ${cleanLine(operator)}) is of this machine now`
  const isOver = ended === 'put-back' || ended === 'already' || ended === 'untouched'
  const next = isOver
    ? [`  it has ended (${ended}): there is nothing to go on with, nor to take back`]
    : [...(ended === 'done' ? [] : [`  go on with    zdt resume ${run}`]), `  take it back  zdt rollback ${run}`]
  return finish([page.paint.green(what), ...next], page)
}

/** What `zdt lock break` broke. */
export function brokenText({ host, leases }: HostLocks, page: Page): string {
  if (leases.length === 0) return finish([`nobody held a lock on ${host}`], page)
  return finish(
    leases.map(({ scope, run, holder }) =>
      page.paint.green(
        `✔ broken: ${scope.replace('-', ' ')} on ${host}, held by ${cleanLine(holder ?? '?')}, run ${run ?? '?'}`,
      ),
    ),
    page,
  )
}
