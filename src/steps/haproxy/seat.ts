import type { On } from '../../engine/step-kind.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { NoSuchSeat } from '../../daemons/haproxy/errors.ts'
import { seatName } from '../../daemons/haproxy/commands.ts'
import { servers } from '../../daemons/haproxy/servers.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'

/** One seat, as its load balancer sees it now; undefined where it has no such server. */
export async function lookFor(on: On, seat: Seat): Promise<ServerView | undefined> {
  const all = await servers(on.host, seat.socket, { backend: seat.backend, signal: on.signal })
  return all.servers.find(({ server }) => server === seat.server)
}

/** One seat, as its load balancer sees it now. Throws NoSuchSeat. */
export async function viewOf(on: On, seat: Seat): Promise<ServerView> {
  const view = await lookFor(on, seat)
  if (!view) throw new NoSuchSeat(seatName(seat), { host: on.host.name, socket: seat.socket })
  return view
}

/** A runtime command as an operator would type it on the host. */
export function byHand(seat: Seat, command: string): string {
  return `echo '${command}' | sudo socat - UNIX-CONNECT:${seat.socket}`
}
