import { delServer, seatName, setState } from '../../daemons/haproxy/commands.ts'
import { CommandRefused } from '../../daemons/haproxy/errors.ts'
import { say, tell } from '../../daemons/haproxy/runtime.ts'
import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { sleep } from '../../lib/clock.ts'
import type { Millis } from '../../lib/types.ts'
import { lookFor } from './seat.ts'

/** How long its last connections may take; those of before are waited for by a step of their own. */
const patience: Millis = 15_000

/**
 * Takes a server away: maintenance first, then `del server`, asked again while HAProxy still counts connections (2.6, 3.0:
 * idle ones that it keeps for later go a moment after). Done already where there is none. Throws NoUseWaiting, the server
 * left in maintenance.
 */
export async function removeServer(on: On, seat: Seat): Promise<void> {
  const { signal } = on
  if ((await lookFor(on, seat)) === undefined) return
  await tell(on.host, seat.socket, [setState(seat, 'maint')], { signal })
  for (const until = performance.now() + patience; ; await sleep(200, signal)) {
    try {
      await say(on.host, seat.socket, delServer(seat), { signal })
      return
    } catch (error) {
      if (!(error instanceof CommandRefused)) throw error
      const busy = /still has (active )?connections/i.test(error.said ?? '')
      if (!busy || performance.now() > until) {
        throw new NoUseWaiting(`${seatName(seat)} cannot be removed, and is left in maintenance`, {
          host: on.host.name,
          said: error.said,
        })
      }
    }
  }
}
