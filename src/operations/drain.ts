import { plan } from '../engine/plan.ts'
import { besidePools } from './beside-pools.ts'
import type { Millis } from '../lib/types.ts'
import type { SeenSeat } from './look-at-seats.ts'
import type { Operation, World } from './operation.ts'
import { claimsOfPlaces, judgePlaces, lookAtPlaces, situationOf, untilNobody, whereOf } from './places.ts'
import type { Proposal } from './proposal.ts'
import { outOfRotation } from './rotation.ts'
import { fromHere } from './upstreams/change.ts'
import { takenDown } from './upstreams/taken-down.ts'

export interface DrainOptions {
  /** `app2`, or `shop/app2` for one pool alone. */
  readonly server: string
  /** How long to wait for connections to end. */
  readonly timeout: Millis
  /** Drain the last one too. */
  readonly allowEmpty: boolean
  /** An nginx that is told of it stays in its own pools meanwhile, where these cannot do without. */
  readonly inPlace: boolean
}

/**
 * Takes a server out of rotation on every load balancer that serves it, then waits for its last connection to end.
 * Throws TooFewLeft, NoSuchSeat, and what the fleet and the hosts throw.
 */
export const drain: Operation<DrainOptions> = {
  title: ({ server }) => `drain ${server}`,
  claims: (fleet, { server }) => claimsOfPlaces(fleet, server),
  propose,
}

async function propose(world: World, { server, timeout, allowEmpty, inPlace }: DrainOptions): Promise<Proposal> {
  const { fleet, id } = world
  const places = await lookAtPlaces(world, server)
  const leaving = { doing: `draining ${server}`, anyway: `zdt drain ${server} --allow-empty`, allowEmpty }
  const judged = await judgePlaces(fleet, places, leaving)
  const down = await takenDown(fromHere(world, { timeout, inPlace }), places.upstreams, judged.guards)
  const where = whereOf(places)
  return {
    situation: situationOf(fleet, places, down, {
      capacity: judged.capacity,
      facts: [...persistence(places.seen, server), ...besidePools(fleet, places.seen)],
    }),
    plan: plan(
      `drain ${server}`,
      fleet.digest,
      [...outOfRotation(places.seen, 'drain', judged), ...down.stages, untilNobody(places, timeout)],
      id,
    ),
    done: `${server} is drained: nobody is connected on ${where}`,
    already: `${server} was drained already: nobody is connected on ${where}`,
    putBackWith: `zdt ready ${server}`,
    onTimeout: 'leave',
  }
}

/** A drain is not the end of those whom a cookie brings back (TRAPS, case 25). */
function persistence(seen: readonly SeenSeat[], server: string): string[] {
  const cookies = seen.flatMap(({ seat, view, all }) => {
    const cookie = all.backends.find(({ backend }) => backend === seat.backend)?.cookie
    return cookie !== undefined && view.cookie !== undefined ? [cookie] : []
  })
  return [...new Set(cookies)].map(
    (cookie) => `a drain lets clients with the cookie ${cookie} through; zdt maint ${server} does not`,
  )
}
