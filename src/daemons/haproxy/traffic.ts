import type { Millis } from '../../lib/types.ts'
import type { Connection } from '../linux/connections-to.ts'

/** A connection on which nothing moved for this long, and nothing waits, carries no traffic at this moment. */
const quiet: Millis = 1000

/** The TCP connections to a server, sorted by whether they matter to a drain. */
export type Tcp = {
  /** All that HAProxy holds open to the server. */
  readonly established: number
  /** Those that carry traffic, or that may: of a worker whose sessions nobody could count. */
  readonly carrying: number
  /** HAProxy processes among those that carry and whose sessions were not counted. */
  readonly strangers: readonly number[]
}

/** Whose sessions have been counted. */
export interface Counted {
  readonly pids: ReadonlySet<number>
  /** The master named every worker: then another HAProxy process is another HAProxy, not an old worker of this one. */
  readonly complete: boolean
}

/** HAProxy's own connections: without root nobody tells whose they are, and then all are taken for its own. */
function ofHaproxy(connections: readonly Connection[], pids: ReadonlySet<number>): Connection[] {
  const names = new Set(connections.filter(({ pid = 0 }) => pids.has(pid)).map(({ program }) => program))
  return connections.filter(({ pid, program }) => pid === undefined || program === 'haproxy' || names.has(program))
}

/** Which connections to look at again, because something moved on them just now; a health check, most often. */
export function lively(connections: readonly Connection[]): Connection[] {
  return connections.filter(({ quietMs, waiting }) => quietMs < quiet || waiting > 0)
}

/**
 * Judges two looks at the same connections, some 300 ms apart.
 *
 * What is in no counter (tried on 2.6 and 3.0): an idle connection of `http-reuse never` stays with its client, outside
 * `scur`, `used_cur` and `idle_cur`, and survives drain *and* maint. The client's next request does not use it: HAProxy
 * picks a server first, and does not pick one that drains. So an idle connection never blocks; one whose bytes grow
 * between the looks does. With a request on it, a connection of a counted process is in `scur` as well: this is the belt
 * to those braces. Health checks are over before the second look, or wait for their answer.
 * An old worker that nobody counts gets no such benefit: each of its connections may be a long request.
 */
export function judgeTcp(first: readonly Connection[], again: readonly Connection[], { pids, complete }: Counted): Tcp {
  const before = new Map(lively(first).map((connection) => [connection.local, connection]))
  const now = ofHaproxy(again, pids)
  const isStranger = ({ pid }: Connection) => pid !== undefined && !pids.has(pid)
  const moves = ({ local, bytes }: Connection) => bytes > (before.get(local)?.bytes ?? Infinity)
  const carrying = now.filter((connection) => moves(connection) || (!complete && isStranger(connection)))
  return {
    established: now.length,
    carrying: carrying.length,
    strangers: [...new Set(carrying.filter(isStranger).map(({ pid = 0 }) => pid))],
  }
}
