import type { ServerView } from '../daemons/haproxy/server-view.ts'
import type { SeatRow } from './situation.ts'

/** A seat in an operator's words. */
export function seatRow(host: string, view: ServerView, old?: number): SeatRow {
  return {
    host,
    backend: view.backend,
    server: view.server,
    state: stateOf(view),
    weight: view.weight,
    sessions: view.sessions,
    queued: view.queued,
    ...(old !== undefined && { old }),
    check: checkOf(view),
  }
}

/** What the operator set comes first; then what the checks say. */
function stateOf({ admin, adminFlags, op, status }: ServerView): string {
  if (admin !== 'ready') return op === 'running' || admin === 'maint' ? admin : `${admin}, down`
  if (adminFlags.some((flag) => flag.startsWith('inherited') || flag.startsWith('resolution')))
    return status.toLowerCase()
  if (op === 'running') return 'up'
  return op === 'stopped' ? 'down' : op
}

function checkOf({ check, tracks, status }: ServerView): string {
  if (!check) return tracks ? `as ${tracks}` : 'none'
  if (check.paused) return 'paused'
  const took = check.durationMs === undefined ? '' : ` in ${check.durationMs} ms`
  if (check.result === 'failed') return check.description || check.status || status
  return `${check.code ?? (check.status || 'not yet')}${took}`
}
