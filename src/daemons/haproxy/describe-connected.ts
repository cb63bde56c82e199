import { formatDuration } from '../../lib/durations.ts'
import type { Connected } from './connected.ts'
import type { WorkerLoad } from './worker-load.ts'

const count = (number: number, thing: string) => `${number} ${thing}${number === 1 ? '' : 's'}`

/** A worker's clients as cells: who, what, since when, and where when it is an old worker. */
function rowsOf({ clients, sessions, leaving, pid }: WorkerLoad): string[][] {
  const where = leaving ? `old worker ${pid}` : ''
  const named = clients.map(({ client, what, sinceSeconds }) => [
    client,
    what,
    sinceSeconds === 0 ? 'just now' : `since ${formatDuration(sinceSeconds * 1000)}`,
    where,
  ])
  const more = sessions - clients.length
  if (more <= 0) return named
  return [...named, [clients.length === 0 ? count(more, 'session') : `and ${more} more`, '', '', where]]
}

/** Traffic that the counters of this server do not explain: it is shown by whose it is, for that is what to look into. */
function describeTcp({ carrying, strangers }: Connected['tcp']): string {
  const whose = strangers.length === 0 ? 'another backend of this HAProxy' : `HAProxy process ${strangers.join(', ')}`
  return `${count(carrying, 'TCP connection')} with traffic, of ${whose}`
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** What a drain still waits for, one short line each, the longest connected first; empty when it waits for nothing. */
export function describeConnected({ workers, tcp, blind }: Connected): string[] {
  const queued = workers.reduce((sum, worker) => sum + worker.queued, 0)
  return [
    ...align(workers.flatMap((worker) => rowsOf(worker))),
    ...(queued > 0 ? [`${count(queued, 'request')} in the queue`] : []),
    ...(tcp.carrying > 0 ? [describeTcp(tcp)] : []),
    ...blind,
  ]
}
