import { seatName, showStat } from '../../daemons/haproxy/commands.ts'
import { ask } from '../../daemons/haproxy/runtime.ts'
import { answersOf, errorShare, since, type Answers } from '../../daemons/haproxy/answers-given.ts'
import { NoUseWaiting } from '../../engine/step-kind.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { refuseLost } from '../gates.ts'
import { seatThing } from '../things.ts'
import { lookAgain } from './look-again.ts'
import { byHand } from './seat.ts'

type Input = {
  /** Of one load balancer and one backend. */
  readonly seats: readonly [Seat, ...Seat[]]
  readonly watch: Millis
  /** How much more of their answers may be 5xx than of the others', as a share of 1. */
  readonly maxErrors: number
}

/** Fewer answers than these tell nothing of a share. */
const enough = 20

/** What the load balancer had counted when the watch began, and how many looks in a row saw it down; of this process alone. */
const memory = new WeakMap<Input, { start: Answers; down: number }>()

/** How often in a row a server may be seen down: HAProxy itself says so only after several checks. */
const patience = 2

/**
 * Watches servers that have just begun to serve: they stay up, answer no worse than the others do meanwhile, by the load balancer's own
 * counters, and the probe loses nothing. Too few answers are said to be too few.
 */
export const watchSeats = defineWait<Input>({
  kind: 'haproxy.watch-seats',
  describe: ({ seats, watch }) => ({
    title: `${seats.map(seatName).join(', ')} serve well for ${formatDuration(watch)}`,
    commands: [byHand(seats[0], showStat())],
  }),
  look: (input, on, waited) =>
    lookAgain(on, async (on) => {
      const { seats, watch, maxErrors } = input
      const [seat] = seats
      const [csv = ''] = await ask(on.host, seat.socket, [showStat()], { signal: on.signal })
      const now = answersOf(csv, seat.backend)
      const known = memory.get(input) ?? { start: now, down: 0 }
      memory.set(input, known)
      refuseLost(on)
      const names = seats.map(({ server }) => server)
      const down = now.filter(({ server, up }) => names.includes(server) && !up)
      known.down = down.length > 0 ? known.down + 1 : 0
      if (known.down > patience) {
        const what = down.map(({ server, status }) => `${server} is ${status}`).join(', ')
        throw new NoUseWaiting(`${on.host.name} sees that ${what}`, { host: on.host.name })
      }
      const { own, others, text } = errorShare(since(known.start, now), names)
      if (own.answers >= enough && own.share > others.share + maxErrors) {
        throw new NoUseWaiting(`too many 5xx: ${text}`, { host: on.host.name })
      }
      const came =
        own.answers < enough ? `${on.host.name}  too few answers to judge: ${text}` : `${on.host.name}  ${text}`
      const waits = [
        ...down.map(({ server, status }) => `${on.host.name}  ${server} is ${status}`),
        ...(waited < watch ? [`${on.host.name}  for ${formatDuration(waited)} now: ${text}`] : []),
      ]
      return { ...notYet(...waits), came }
    }),
  timeout: ({ watch }) => watch + 30_000,
  interval: ({ watch }) => Math.min(1000, Math.max(100, watch / 4)),
  protects: ({ seats }, host) => seats.map((seat) => seatThing(host, seat, 'state')),
})
