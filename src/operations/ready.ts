import { seatName } from '../daemons/haproxy/commands.ts'
import { plan } from '../engine/plan.ts'
import { serverAt } from '../daemons/nginx/upstream/servers-file.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Millis } from '../lib/types.ts'
import type { SeenSeat } from './look-at-seats.ts'
import { PastRuns } from './past-runs.ts'
import type { Operation, World } from './operation.ts'
import { claimsOfPlaces, lookAtPlaces, situationOf, untilAnswered, whereOf } from './places.ts'
import type { Proposal } from './proposal.ts'
import { intoRotation } from './rotation.ts'
import { notSlow, warming } from './slow-start.ts'
import { fromHere } from './upstreams/change.ts'
import type { SeenUpstream } from './upstreams/look.ts'
import { broughtBack } from './upstreams/taken-down.ts'

export interface ReadyOptions {
  readonly server: string
  /** How long to wait for a passing check. */
  readonly timeout: Millis
  /** How long until it has its full weight; 0 is at once. */
  readonly slowStart: Millis
  /** As of a drain. */
  readonly inPlace: boolean
}

/**
 * Brings a server back the safe way round: drained, a fresh check passed on every load balancer, only then ready. A dead
 * server is never put back: maintenance → ready alone would be UP at once (TRAPS). Throws NoSuchSeat and what hosts throw.
 */
export const ready: Operation<ReadyOptions> = {
  title: ({ server }) => `ready ${server}`,
  claims: (fleet, { server }) => claimsOfPlaces(fleet, server),
  propose,
}

async function propose(world: World, { server, timeout, slowStart, inPlace }: ReadyOptions): Promise<Proposal> {
  const { fleet, id } = world
  const places = await lookAtPlaces(world, server)
  const { seen } = places
  const deaf = seen.filter(({ view }) => view.agent?.enabled === false)
  const past = deaf.length > 0 || seen.some(isShifted) ? await PastRuns.read() : undefined
  const kept = deaf.filter((one) => past?.agentWasOff(one.seat) === true || isShifted(one))
  const heard = (one: SeenSeat) => deaf.includes(one) && !kept.includes(one)
  const out = seen.filter((one) => one.view.admin !== 'ready' || heard(one))
  const down = places.upstreams.filter(isDown)
  const back = await broughtBack(fromHere(world, { timeout, inPlace }), down)
  const where = whereOf(places)
  const slowly = { over: slowStart, maxErrors: strictestOf(fleet, seen) }
  const comingBack = out.filter(({ view }) => view.admin !== 'ready')
  return {
    situation: situationOf(fleet, places, back, {
      facts: [
        ...seen.flatMap((one) => remarks(one, kept, server, past)),
        ...notSlow(comingBack, slowly),
        ...(slowStart > 0 && down.length > 0 ? ['nginx is not told of weights meanwhile: no slow start there'] : []),
      ],
    }),
    plan: plan(
      `ready ${server}`,
      fleet.digest,
      [
        ...intoRotation(fleet, out, timeout, heard, { warm: warming(comingBack, slowly) }),
        untilAnswered(down, timeout),
        ...back.stages,
      ],
      id,
    ),
    done: `${server} serves again on ${where}, after a fresh check`,
    already: `${server} was ready already on ${where}`,
    putBackWith: `zdt drain ${server}`,
    onTimeout: 'put-back',
  }
}

/** What it may have of errors more than the others meanwhile, as a share of 1: as for a rollout of its pools, which is 1% by default. */
function strictestOf(fleet: Fleet, seen: readonly SeenSeat[]): number {
  return Math.min(...seen.map(({ seat }) => fleet.pools.get(seat.pool)?.rollout?.maxErrors ?? 0.01))
}

function isDown({ seats, servers }: SeenUpstream): boolean {
  return seats.some((seat) => serverAt(servers, seat)?.down === true)
}

/** Does it have another weight than configured? `zdt weight` holds the agent off then, and hears it again at 100%. */
function isShifted({ view }: SeenSeat): boolean {
  return view.weight !== view.initialWeight
}

/** What being ready will not change. */
function remarks(one: SeenSeat, kept: readonly SeenSeat[], server: string, past: PastRuns | undefined): string[] {
  const { seat, view } = one
  const who = `${seatName(seat)} on ${seat.host}`
  const by = past?.weighed(seat, view)
  return [
    ...(view.weight > 0 && isShifted(one)
      ? [
          `${who} has weight ${view.weight} of ${view.initialWeight}${by === undefined ? '' : ` (${by})`}: zdt weight ${server} 100% gives it all`,
        ]
      : []),
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
