import { shareOf } from '../../daemons/answered/share.ts'
import { since, together } from '../../daemons/haproxy/answers-given.ts'
import { seatName } from '../../daemons/haproxy/commands.ts'
import { answersInWords, worse, type Answers } from '../../daemons/haproxy/upgrade/requests.ts'
import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { counted, type Counted } from './counted.ts'

/** A server whose answers are watched, by all of its load balancers together. */
export type Watched = {
  /** Of this one server. */
  readonly seats: readonly [Seat, ...Seat[]]
  /** What it had answered when the plan was made, since the load balancers' workers started. */
  readonly before: Answers
}

/** What the load balancers have counted of one server; where `start` is given, since then. Pure. */
export function answersOfServer(server: string, now: readonly Counted[], start: readonly Counted[] = []): Answers {
  const came = now.map(({ host, socket, answers }) => {
    const was = start.find((one) => one.host === host && one.socket === socket)
    return since(was?.answers ?? [], answers)
  })
  const { answers, errors } = shareOf(together(came).filter((one) => one.server === server))
  return { total: answers, errors }
}

/** What they had counted when the watch began; of this process alone. */
const memory = new WeakMap<Watched, readonly Counted[]>()

/**
 * `web/web1: 0.2 % of 831 answers are 5xx`, since the first look. A connection that failed, and an answer that never came whole, is
 * a 5xx to the client. Throws NoUseWaiting once more of them are than before, by more than `max5xx` percent of all.
 */
export async function refuseWorseAnswers(on: On, watched: Watched, max5xx: number): Promise<string> {
  const { seats, before } = watched
  const [{ server }] = seats
  const counts = await counted(seats, (name) => on.other(name), on.signal)
  const start = memory.get(watched) ?? counts
  memory.set(watched, start)
  const now = answersOfServer(server, counts, start)
  const name = seatName(seats[0])
  if (!worse(before, now, max5xx)) return `${name}: ${answersInWords(now)}`
  throw new NoUseWaiting(`${name}: ${answersInWords(now)}`, {
    host: on.host.name,
    said: `before: ${answersInWords(before)}`,
  })
}
