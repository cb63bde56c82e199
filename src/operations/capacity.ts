import type { StepDraft } from '../engine/plan.ts'
import type { Fleet, Seat } from '../fleet/fleet.ts'
import type { HostName } from '../lib/types.ts'
import { capacityOf, enoughServers, shortOf, type Short, type UndoQuestion } from '../steps/haproxy/capacity.ts'
import { TooFewLeft } from '../steps/haproxy/too-few-left.ts'
import type { SeenSeat } from './look-at-seats.ts'
import { PastRuns } from './past-runs.ts'
import type { Capacity } from './situation.ts'

/** What is left of each pool when these seats are gone, as the load balancer that sees the fewest sees it. */
export interface Judged {
  readonly capacity: readonly Capacity[]
  /** The same question again, for right before they go. */
  readonly guards: readonly StepDraft[]
}

/** What takes the seats out, in words and as a command. */
export interface Leaving {
  /** `draining app3`. */
  readonly doing: string
  /** `zdt drain app3 --allow-empty`. */
  readonly anyway: string
  readonly allowEmpty: boolean
  /** Others come first: whether enough stay is asked only when these are about to go. */
  readonly later?: true
}

/** Throws TooFewLeft where a pool would fall below its `min_available`; `allowEmpty` lets it. */
export async function judgeCapacity(
  fleet: Fleet,
  seats: readonly SeenSeat[],
  { doing, anyway, allowEmpty, later }: Leaving,
): Promise<Judged> {
  const capacity: Capacity[] = []
  const guards: StepDraft[] = []
  const shorts: Short[] = []
  const judged = new Set<string>()
  for (const { seat, all } of seats) {
    const pool = fleet.pools.get(seat.pool)
    const key = `${seat.host} ${seat.pool}`
    if (!pool || judged.has(key)) continue
    judged.add(key)
    const question = {
      socket: seat.socket,
      pool: pool.name,
      backend: pool.backend,
      servers: pool.servers.map(({ name }) => name),
      leaving: seats
        .filter((other) => other.seat.host === seat.host && other.seat.pool === pool.name)
        .map(({ seat: { server } }) => server),
      wanted: allowEmpty ? 0 : pool.minAvailable,
      doing,
      anyway,
    }
    const short = shortOf(seat.host, all, question)
    guards.push(enoughServers.at(seat.host, question))
    if (later) continue
    if (short) shorts.push(short)
    const { before, after } = capacityOf(all, question)
    capacity.push({ pool: pool.name, before, after, of: pool.servers.length, wanted: pool.minAvailable })
  }
  await refuse(shorts)
  return { capacity: tightest(capacity), guards }
}

/** Of each pool the moment at which the fewest serve. */
export function tightest(all: readonly Capacity[]): Capacity[] {
  const pools = new Map<string, Capacity>()
  for (const one of all) {
    const known = pools.get(one.pool)
    if (!known || one.after < known.after) pools.set(one.pool, one)
  }
  return [...pools.values()]
}

/** What to ask before an undo takes one server out again: enough must stay, whatever the run itself was allowed. */
export function questionBeforeUndo(fleet: Fleet, { socket, pool: name, server }: Seat): UndoQuestion | undefined {
  const pool = fleet.pools.get(name)
  return (
    pool && {
      socket,
      pool: pool.name,
      backend: pool.backend,
      servers: pool.servers.map(({ name: one }) => one),
      leaving: [server],
      wanted: pool.minAvailable,
      doing: `taking ${server} out again`,
    }
  )
}

async function refuse([first, ...more]: readonly Short[]): Promise<void> {
  if (!first) return
  const past = await PastRuns.read()
  throw new TooFewLeft(first, {
    more,
    takenOut: (host, { backend, server, address, admin }) =>
      past.takenOut({ host: host as HostName, backend, server, address }, admin),
  })
}
