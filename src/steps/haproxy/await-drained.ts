import { seatName } from '../../daemons/haproxy/commands.ts'
import { whoIsConnected, type Connected } from '../../daemons/haproxy/connected.ts'
import { describeConnected } from '../../daemons/haproxy/describe-connected.ts'
import { drained } from '../../daemons/haproxy/drained.ts'
import { shutSessions } from '../../daemons/haproxy/shut-sessions.ts'
import { ssCommand } from '../../daemons/linux/connections-to.ts'
import { NoUseWaiting, type Awaited, type On } from '../../engine/step-kind.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { quote } from '../../lib/quote.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait } from '../define.ts'
import { seatThing } from '../things.ts'
import { lookAgain } from './look-again.ts'
import { byHand } from './seat.ts'
import { servesAgain, stillComing } from './still-coming.ts'

type Input = { readonly seat: Seat; readonly timeout: Millis }

/** How many of the sessions that were shut are named. */
const named = 100

/** Waits until nobody is connected to a seat: on the current worker, on those of before a reload, and by the kernel's own list. */
export const awaitDrained = defineWait<Input>({
  kind: 'haproxy.await-drained',
  describe: ({ seat }) => ({
    title: `nobody is connected to ${seatName(seat)}`,
    commands: [
      byHand(seat, `show stat ${seat.backend} 4 -1`),
      byHand({ ...seat, socket: seat.masterSocket }, 'show proc'),
      quote(ssCommand(seat.address, seat.port)),
    ],
  }),
  look: (input, on, waited) => lookAgain(on, (on) => look(input, on, waited)),
  timeout: ({ timeout }) => timeout,
  protects: ({ seat }, host) => [seatThing(host, seat, 'state')],
  // Where nobody is there three looks tell it soon; who is there stays for a while.
  interval: (_input, waited) => (waited < 1000 ? 100 : 300),
  // A health check shows up as a connection for a moment, and the end of one session may be the start of another.
  inARow: () => 3,
  force: {
    title: 'shut the sessions that are left',
    apply: async ({ seat }, on) => {
      const cut = await shutSessions(on.host, seat, { signal: on.signal })
      return {
        count: cut.length,
        thing: 'session',
        who: cut.slice(0, named).map(({ source }) => `${source} on ${on.host.name}`),
      }
    },
  },
})

async function look({ seat }: Input, on: On, waited: Millis): Promise<Awaited> {
  const connected = await whoIsConnected(on.host, seat, { signal: on.signal })
  const again = servesAgain(connected, waited)
  if (again) throw new NoUseWaiting(again.message, { host: on.host.name, said: again.said })
  const nobody = drained(connected)
  const coming = stillComing(connected, waited)
  const lines = [
    ...describeConnected(coming?.cameBack ? withoutTraffic(connected) : connected),
    ...(coming && (nobody || coming.cameBack) ? [coming.line] : []),
  ]
  return { done: nobody && !coming, awaiting: lines.map((line) => `${on.host.name}  ${line}`) }
}

/** Traffic between two requests of a client who came back is his, and told of as his. */
function withoutTraffic(connected: Connected): Connected {
  return { ...connected, tcp: { ...connected.tcp, carrying: 0, strangers: [] } }
}
