import { claimsOf } from './claims.ts'
import { seatName } from '../daemons/haproxy/commands.ts'
import { plan } from '../engine/plan.ts'
import { seatsOf } from '../fleet/selectors.ts'
import type { Millis } from '../lib/types.ts'
import { lookAtSeats, type SeenSeat } from './look-at-seats.ts'
import { PastRuns } from './past-runs.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { balancersOf, intoRotation } from './rotation.ts'
import { seatRow } from './seat-row.ts'

export interface ReadyOptions {
  readonly server: string
  /** How long to wait for a passing check. */
  readonly timeout: Millis
}

/**
 * Brings a server back the safe way round: drained, a fresh check passed on every load balancer, only then ready. A dead
 * server is never put back: maintenance → ready alone would be UP at once (TRAPS). Throws NoSuchSeat and what hosts throw.
 */
export const ready: Operation<ReadyOptions> = {
  title: ({ server }) => `ready ${server}`,
  claims: (fleet, { server }) => claimsOf(fleet, seatsOf(fleet, server)),
  propose,
}

async function propose({ fleet, hosts, id }: World, { server, timeout }: ReadyOptions): Promise<Proposal> {
  const seen = await lookAtSeats(hosts, seatsOf(fleet, server))
  const deaf = seen.filter(({ view }) => view.agent?.enabled === false)
  const past = deaf.length > 0 ? await PastRuns.read() : undefined
  const kept = deaf.filter((one) => past?.agentWasOff(one.seat) === true || isShifted(one))
  const heard = (one: SeenSeat) => deaf.includes(one) && !kept.includes(one)
  const out = seen.filter((one) => one.view.admin !== 'ready' || heard(one))
  const where = balancersOf(seen.map(({ seat }) => seat))
  return {
    situation: {
      fleet: fleet.name,
      seats: seen.map(({ seat, view, old }) => seatRow(seat.host, view, old)),
      capacity: [],
      facts: seen.flatMap((one) => remarks(one, kept, server)),
    },
    plan: plan(`ready ${server}`, fleet.digest, intoRotation(fleet, out, timeout, heard), id),
    done: `${server} serves again on ${where}, after a fresh check`,
    already: `${server} was ready already on ${where}`,
    putBackWith: `zdt drain ${server}`,
    halfWay: { goOnWith: `zdt ready ${server}` },
    onTimeout: 'put-back',
  }
}

/** Does it have another weight than configured? `zdt weight` holds the agent off then, and hears it again at 100%. */
function isShifted({ view }: SeenSeat): boolean {
  return view.weight !== view.initialWeight
}

/** What being ready will not change. */
function remarks(one: SeenSeat, kept: readonly SeenSeat[], server: string): string[] {
  const { seat, view } = one
  const who = `${seatName(seat)} on ${seat.host}`
  return [
    ...(view.weight === 0 ? [`${who} has weight 0: no new clients until zdt weight ${server} 100%`] : []),
    ...(kept.includes(one) && isShifted(one)
      ? [`the agent check of ${who} stays off while its weight is shifted`]
      : []),
    ...(kept.includes(one) && !isShifted(one)
      ? [`the agent check of ${who} stays off, as it was before the server was taken out`]
      : []),
    ...(view.status === 'DRAIN (agent)' ? [`${who} drains because its agent says so: it may say so again`] : []),
  ]
}
