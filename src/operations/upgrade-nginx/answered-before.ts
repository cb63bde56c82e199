import { seatName } from '../../daemons/haproxy/commands.ts'
import type { Seat } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import { answersOfServer, type Watched } from '../../steps/haproxy/answers-watched.ts'
import { counted } from '../../steps/haproxy/counted.ts'
import type { SeenSeat } from '../look-at-seats.ts'

/** What the servers of these seats have answered so far, by all of their load balancers. Throws what `ask` throws. */
export function answeredBefore(hosts: Hosts, seen: readonly SeenSeat[]): Promise<Watched[]> {
  const servers = new Map<string, [Seat, ...Seat[]]>()
  for (const { seat } of seen) {
    const known = servers.get(seatName(seat))
    if (known) known.push(seat)
    else servers.set(seatName(seat), [seat])
  }
  return Promise.all(
    [...servers.values()].map(async (seats) => {
      const before = answersOfServer(seats[0].server, await counted(seats, (name) => hosts.on(name)))
      return { seats, before }
    }),
  )
}
