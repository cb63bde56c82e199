import { judge, type Limits } from '../../daemons/answered/verdict.ts'
import { since, together, type Answers } from '../../daemons/haproxy/answers-given.ts'
import { seatName, showStat } from '../../daemons/haproxy/commands.ts'
import { NoUseWaiting } from '../../engine/step-kind.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { intervalUntil } from '../interval.ts'
import { refuseLost } from '../probe-lost.ts'
import { seatThing } from '../things.ts'
import { counted, isFirstThere, type Counted } from './counted.ts'
import { lookAgain } from './look-again.ts'
import { byHand } from './seat.ts'

type Input = {
  /** Of one backend, on every load balancer that has it. */
  readonly seats: readonly [Seat, ...Seat[]]
  readonly watch: Millis
  /** Of each seat the weight that it has meanwhile, where it is this run's: another one is somebody's wish. */
  readonly weights?: readonly number[]
  readonly limits: Limits
  /** The backend of the others, where that is another one. */
  readonly against?: string
  /** Servers that are judged by themselves meanwhile: they are none of the others. */
  readonly beside?: readonly string[]
  /** How long more it may take until there are answers enough to judge by. Without it too few are said to be too few, and pass. */
  readonly patience?: Millis
}

/** What the load balancers had counted when the watch began, and how many looks in a row saw one down; of this process alone. */
const memory = new WeakMap<Input, { start: readonly Counted[]; down: number }>()

/** How often in a row a server may be seen down: HAProxy itself says so only after several checks. */
const lookedDown = 2

/**
 * Watches servers that have just begun to serve: they stay up, answer no worse and no slower than the others do meanwhile, by the
 * counters of all load balancers together, and the probe loses nothing.
 */
export const watchSeats = defineWait<Input>({
  kind: 'haproxy.watch-seats',
  describe: ({ seats, watch }) => ({
    title: `watch ${namesOf(seats).join(', ')} serve for ${formatDuration(watch)}`,
    commands: seats.filter(isFirstThere).map((seat) => byHand(seat, showStat())),
  }),
  look: (input, on, waited) =>
    lookAgain(on, async (on) => {
      const { seats, watch, weights, limits, patience, beside = [], against } = input
      const all = await counted(seats, (name) => on.other(name), on.signal, against)
      const now = all.map((one) => ({
        ...one,
        answers: one.answers.filter(({ server }) => !beside.includes(server)),
      }))
      const known = memory.get(input) ?? { start: now, down: 0 }
      memory.set(input, known)
      refuseLost(on)
      const changed = changedWeight(seats, weights, now)
      if (changed) throw new NoUseWaiting(changed, { host: on.host.name })
      const servers = seats.map(({ server }) => server)
      const down = now.flatMap(({ host, answers }) =>
        answers
          .filter(({ server, up }) => servers.includes(server) && !up)
          .map(({ server, status }) => `${host} sees that ${server} is ${status}`),
      )
      known.down = down.length > 0 ? known.down + 1 : 0
      if (known.down > lookedDown) throw new NoUseWaiting(down.join(', '), { host: on.host.name })
      const came = now.map(({ answers }, index) => since(known.start[index]?.answers ?? [], answers))
      const fell = fallen(now, came, servers)
      if (fell) throw new NoUseWaiting(fell, { host: on.host.name })
      const before = together(known.start.map(({ answers }) => answers))
      const { says, text } = judge(together(came), before, [...new Set(servers)], limits)
      if (says === 'fail') throw new NoUseWaiting(text, { host: on.host.name })
      const few = says === 'few' && `too few answers to judge: ${text}`
      const waits = notYet(
        ...down,
        waited < watch && `for ${formatDuration(waited)} of ${formatDuration(watch)} now: ${text}`,
        waited >= watch && patience !== undefined && few,
      )
      return { ...waits, came: few === false ? text : few }
    }),
  timeout: ({ watch, patience = 30_000 }) => watch + patience,
  interval: ({ watch }, waited) => intervalUntil(watch, waited, 1000),
  protects: ({ seats }) => seats.map((seat) => seatThing(seat.host, seat, 'state')),
})

/** `lb1 has seen app3 go down 2 times meanwhile`: one that is started anew each time it dies is up at most looks. */
function fallen(now: readonly Counted[], came: readonly Answers[], servers: readonly string[]): string | undefined {
  const said = now.flatMap(({ host }, index) =>
    (came[index] ?? [])
      .filter(({ server, falls }) => servers.includes(server) && falls > 0)
      .map(
        ({ server, falls }) =>
          `${host} has seen ${server} go down ${falls === 1 ? 'once' : `${falls} times`} meanwhile`,
      ),
  )
  return said.length > 0 ? said.join(', ') : undefined
}

/** `somebody has given shop/app3 weight 0 on lb1`. */
function changedWeight(
  seats: readonly Seat[],
  weights: readonly number[] | undefined,
  now: readonly Counted[],
): string | undefined {
  const said = seats.flatMap((seat, index) => {
    const there = now.find(({ host, socket }) => host === seat.host && socket === seat.socket)
    const weight = there?.answers.find(({ server }) => server === seat.server)?.weight ?? null
    const differs = weights !== undefined && weight !== null && weight !== weights[index]
    return differs ? [`somebody has given ${seatName(seat)} weight ${weight} on ${seat.host}`] : []
  })
  return said[0]
}

function namesOf(seats: readonly Seat[]): string[] {
  return [...new Set(seats.map(seatName))]
}
