import { plan } from '../engine/plan.ts'
import { besidePools } from './beside-pools.ts'
import type { Operation, World } from './operation.ts'
import { claimsOfPlaces, judgePlaces, lookAtPlaces, situationOf, usualPatience, whereOf } from './places.ts'
import type { Proposal } from './proposal.ts'
import { outOfRotation } from './rotation.ts'
import { fromHere } from './upstreams/change.ts'
import { takenDown } from './upstreams/taken-down.ts'

export interface MaintOptions {
  readonly server: string
  readonly allowEmpty: boolean
  /** As of a drain. */
  readonly inPlace: boolean
}

/**
 * Puts a server into maintenance: no new connections, persistent ones included, and no checks; open streams go on.
 * Throws what `drain` throws.
 */
export const maint: Operation<MaintOptions> = {
  title: ({ server }) => `maint ${server}`,
  claims: (fleet, { server }) => claimsOfPlaces(fleet, server),
  propose,
}

async function propose(world: World, { server, allowEmpty, inPlace }: MaintOptions): Promise<Proposal> {
  const { fleet, id } = world
  const places = await lookAtPlaces(world, server)
  const leaving = { doing: `maintenance of ${server}`, anyway: `zdt maint ${server} --allow-empty`, allowEmpty }
  const judged = await judgePlaces(fleet, places, leaving)
  const down = await takenDown(fromHere(world, { timeout: usualPatience, inPlace }), places.upstreams, judged.guards)
  const where = whereOf(places)
  return {
    situation: situationOf(fleet, places, down, {
      capacity: judged.capacity,
      facts: [
        'maintenance does not wait: streams that are open go on until they end (zdt drain waits for them)',
        ...besidePools(fleet, places.seen),
      ],
    }),
    plan: plan(`maint ${server}`, fleet.digest, [...outOfRotation(places.seen, 'maint', judged), ...down.stages], id),
    done: `${server} is in maintenance on ${where}`,
    already: `${server} was in maintenance already on ${where}`,
    putBackWith: `zdt ready ${server}`,
    onTimeout: 'leave',
  }
}
