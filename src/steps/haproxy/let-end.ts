import type { On } from '../../engine/step-kind.ts'
import { whoIsConnected } from '../../daemons/haproxy/connected.ts'
import { drained } from '../../daemons/haproxy/drained.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { sleep } from '../../lib/clock.ts'
import type { Millis } from '../../lib/types.ts'

/** How long a way back waits for others' requests: it may be an emergency, and nobody is there to ask. */
const patience: Millis = 15_000

/**
 * Lets what is under way on a seat end before a rollback goes on to what lies beneath it; when its time is over it goes on
 * all the same. Twice in a row: the end of one request may be the start of the next.
 */
export async function letEnd(on: On, seat: Seat): Promise<void> {
  const deadline = Date.now() + patience
  for (let inARow = 0; inARow < 2 && Date.now() < deadline;) {
    const connected = await whoIsConnected(on.host, seat, { signal: on.signal })
    inARow = drained(connected) ? inARow + 1 : 0
    await sleep(200, on.signal)
  }
}
