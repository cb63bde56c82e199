import type { StageDraft } from '../engine/plan.ts'
import { stage } from '../engine/plan.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { placesOf } from '../fleet/selectors.ts'
import type { Wanted } from '../hosts/lease/take-leases.ts'
import type { Millis } from '../lib/types.ts'
import { awaitDrained } from '../steps/haproxy/await-drained.ts'
import { awaitAnswer } from '../steps/upstream/await-answer.ts'
import { awaitUnconnected } from '../steps/upstream/await-unconnected.ts'
import { judgeCapacity, type Judged, type Leaving } from './capacity.ts'
import { claimsOf } from './claims.ts'
import { seatsOn } from './out-meanwhile.ts'
import { lookAtSeats, type SeenSeat } from './look-at-seats.ts'
import type { World } from './operation.ts'
import { balancersOf } from './rotation.ts'
import { seatRow } from './seat-row.ts'
import type { Situation } from './situation.ts'
import { judgeUpstreams } from './upstreams/capacity.ts'
import type { UpstreamChange } from './upstreams/change.ts'
import { healthOf, lookAtUpstreams, unreadLines, type SeenUpstream } from './upstreams/look.ts'

/** A server as its balancers see it, of both kinds: HAProxy is told at run time, nginx by its files and a reload. */
export interface SeenPlaces {
  readonly seen: readonly SeenSeat[]
  readonly upstreams: readonly SeenUpstream[]
}

/** How long it is waited for an nginx to be out of rotation while it is reloaded, where nothing else is said. */
export const usualPatience: Millis = 300_000

/** What a run needs for itself that changes a server's places; an nginx that is reloaded leaves HAProxy's pools meanwhile. */
export function claimsOfPlaces(fleet: Fleet, server: string): Wanted[] {
  const { seats, upstreams } = placesOf(fleet, server)
  const meanwhile = [...new Set(upstreams.map(({ host }) => host))].flatMap((host) => seatsOn(fleet, host))
  return claimsOf(fleet, [...seats, ...upstreams, ...meanwhile])
}

/** Looks at a server on all its balancers, side by side. Throws UnknownName, NoSuchSeat and the like, and what hosts throw. */
export async function lookAtPlaces({ fleet, hosts }: World, server: string): Promise<SeenPlaces> {
  const { seats, upstreams } = placesOf(fleet, server)
  const [seen, behind] = await Promise.all([lookAtSeats(hosts, seats), lookAtUpstreams(fleet, hosts, upstreams)])
  return { seen, upstreams: behind }
}

/** The balancers, as a sentence has them. */
export function whereOf({ seen, upstreams }: SeenPlaces): string {
  return [balancersOf(seen.map(({ seat }) => seat)), ...new Set(upstreams.map(({ host }) => host))]
    .filter(Boolean)
    .join(', ')
}

/** Throws TooFewLeft where a pool would fall below its `min_available`, whoever balances it. */
export async function judgePlaces(fleet: Fleet, { seen, upstreams }: SeenPlaces, leaving: Leaving): Promise<Judged> {
  const [told, behind] = [await judgeCapacity(fleet, seen, leaving), judgeUpstreams(upstreams, leaving)]
  return { capacity: [...told.capacity, ...behind.capacity], guards: [...told.guards, ...behind.guards] }
}

/** What was seen, and what nginx is brought to. */
export function situationOf(
  fleet: Fleet,
  { seen, upstreams }: SeenPlaces,
  { changes, out }: UpstreamChange,
  { capacity = [], facts = [] }: { readonly capacity?: Situation['capacity']; readonly facts?: readonly string[] },
): Situation {
  return {
    fleet: fleet.name,
    seats: [
      ...seen.map(({ seat, view, old }) => seatRow(seat.host, view, old)),
      ...upstreams.flatMap(({ rows }) => rows),
    ],
    capacity: [
      ...new Map([...capacity, ...out.flatMap((each) => each.capacity)].map((one) => [one.pool, one])).values(),
    ],
    facts: [...facts, ...(changes.length > 0 ? unreadLines(upstreams) : []), ...out.flatMap((each) => each.facts)],
    ...(changes.length > 0 && { changes }),
  }
}

/** Wait until nobody is connected, on balancers of both kinds. */
export function untilNobody({ seen, upstreams }: SeenPlaces, timeout: Millis): StageDraft {
  return stage('wait until nobody is connected', [
    ...seen.map(({ seat }) => awaitDrained.at(seat.host, { seat, timeout })),
    ...upstreams.flatMap(({ host, seats }) => seats.map((seat) => awaitUnconnected.at(host, { seat, timeout }))),
  ])
}

/** Wait until the servers that are to serve again answer every nginx's host. */
export function untilAnswered(upstreams: readonly SeenUpstream[], timeout: Millis): StageDraft {
  return stage(
    'wait until they answer',
    upstreams.flatMap(({ host, pool, seats }) =>
      seats.map((seat) => awaitAnswer.at(host, { seat, health: healthOf(pool), timeout })),
    ),
  )
}
