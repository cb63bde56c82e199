import { answersOf, type Answers } from '../../daemons/haproxy/answers-given.ts'
import { showStat } from '../../daemons/haproxy/commands.ts'
import { ask } from '../../daemons/haproxy/runtime.ts'
import type { Seat } from '../../fleet/fleet.ts'
import type { Host } from '../../hosts/host.ts'
import type { HostName } from '../../lib/types.ts'

/** What one load balancer has counted of the servers of a backend. */
export interface Counted {
  readonly host: HostName
  readonly socket: string
  readonly answers: Answers
}

/**
 * What every load balancer of these seats, all of one backend, has counted so far; of `against`, another backend, as well, whose
 * servers are called `backend/server`. Throws what `ask` throws.
 */
export function counted(
  seats: readonly Seat[],
  hostOf: (name: HostName) => Promise<Host>,
  signal?: AbortSignal,
  against?: string,
): Promise<Counted[]> {
  return Promise.all(
    seats.filter(isFirstThere).map(async ({ host, socket, backend }) => {
      const [csv = ''] = await ask(await hostOf(host), socket, [showStat()], signal && { signal })
      const others = against === undefined ? [] : answersOf(csv, against)
      const named = others.map((one) => ({ ...one, server: `${against}/${one.server}` }))
      return { host, socket, answers: [...answersOf(csv, backend), ...named] }
    }),
  )
}

/** Of the seats on one load balancer the first: it is asked once. For `filter`. */
export function isFirstThere({ host, socket }: Seat, index: number, all: readonly Seat[]): boolean {
  return all.findIndex((seat) => seat.host === host && seat.socket === socket) === index
}
