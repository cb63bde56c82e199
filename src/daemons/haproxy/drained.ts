import type { Connected } from './connected.ts'

/**
 * Is nobody connected at this moment? No session and nothing queued on any worker, the leaving ones included, no TCP
 * connection that carries traffic, and nothing that could not be looked at (TRAPS: "Who is still connected").
 */
export function drained({ workers, tcp, blind }: Connected): boolean {
  return workers.every(({ sessions, queued }) => sessions + queued === 0) && tcp.carrying === 0 && blind.length === 0
}

/**
 * Seconds since a request was last sent to the server by any worker; Infinity when none ever was. Requests are short:
 * only this shows, on a drained server, that persistence (a cookie, a stick table) still brings clients to it.
 */
export function quietSeconds({ workers }: Connected): number {
  return Math.min(...workers.map(({ lastUsedSeconds = Infinity }) => lastUsedSeconds))
}
