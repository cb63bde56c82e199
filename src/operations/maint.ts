import { claimsOf } from './claims.ts'
import { plan } from '../engine/plan.ts'
import { seatsOf } from '../fleet/selectors.ts'
import { judgeCapacity } from './capacity.ts'
import { lookAtSeats } from './look-at-seats.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { balancersOf, outOfRotation } from './rotation.ts'
import { seatRow } from './seat-row.ts'

export interface MaintOptions {
  readonly server: string
  readonly allowEmpty: boolean
}

/**
 * Puts a server into maintenance: no new connections, persistent ones included, and no checks; open streams go on.
 * Throws what `drain` throws.
 */
export const maint: Operation<MaintOptions> = {
  title: ({ server }) => `maint ${server}`,
  claims: (fleet, { server }) => claimsOf(fleet, seatsOf(fleet, server)),
  propose,
}

async function propose({ fleet, hosts, id }: World, { server, allowEmpty }: MaintOptions): Promise<Proposal> {
  const seen = await lookAtSeats(hosts, seatsOf(fleet, server))
  const leaving = { doing: `maintenance of ${server}`, anyway: `zdt maint ${server} --allow-empty`, allowEmpty }
  const judged = await judgeCapacity(fleet, seen, leaving)
  const where = balancersOf(seen.map(({ seat }) => seat))
  return {
    situation: {
      fleet: fleet.name,
      seats: seen.map(({ seat, view, old }) => seatRow(seat.host, view, old)),
      capacity: judged.capacity,
      facts: ['maintenance does not wait: streams that are open go on until they end (zdt drain waits for them)'],
    },
    plan: plan(`maint ${server}`, fleet.digest, outOfRotation(seen, 'maint', judged), id),
    done: `${server} is in maintenance on ${where}`,
    already: `${server} was in maintenance already on ${where}`,
    putBackWith: `zdt ready ${server}`,
    halfWay: { goOnWith: `zdt maint ${server}`, putBackWith: `zdt ready ${server}` },
    onTimeout: 'leave',
  }
}
