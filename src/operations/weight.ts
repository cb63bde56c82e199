import type { Weight } from '../daemons/haproxy/commands.ts'
import { effectiveWeight, weightInFull } from '../daemons/haproxy/weights.ts'
import { plan, stage } from '../engine/plan.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName } from '../lib/types.ts'
import { refuseNothing, setServerWeight } from '../steps/haproxy/set-weight.ts'
import { judgeCapacity, questionBeforeUndo } from './capacity.ts'
import type { SeenSeat } from './look-at-seats.ts'
import { PastRuns } from './past-runs.ts'
import type { Operation, World } from './operation.ts'
import { claimsOfPlaces, lookAtPlaces, situationOf, usualPatience, whereOf } from './places.ts'
import type { Proposal } from './proposal.ts'
import { agentsHeard, agentsHeldOff, namesOf } from './rotation.ts'
import { fromHere } from './upstreams/change.ts'
import { linesOf, weighed } from './upstreams/weighed.ts'

export interface WeightOptions {
  readonly server: string
  readonly weight: Weight
  readonly allowEmpty: boolean
  /** As of a drain. */
  readonly inPlace: boolean
}

/** Shifts a server's share of new connections on every load balancer. Weight 0 counts as leaving: it is refused like a drain. */
export const weight: Operation<WeightOptions> = {
  title: ({ server, weight: share }) => `weight ${server} ${share}`,
  claims: (fleet, { server }) => claimsOfPlaces(fleet, server),
  propose,
}

async function propose(world: World, { server, weight: share, allowEmpty, inPlace }: WeightOptions): Promise<Proposal> {
  const { fleet, id } = world
  const places = await lookAtPlaces(world, server)
  const { seen, upstreams } = places
  for (const one of seen) {
    refuseIfStatic(one, share)
    refuseNothing(one.seat, share, one.view.initialWeight)
  }
  const leaving = seen.filter(({ view }) => effectiveWeight(share, view.initialWeight) === 0)
  const { capacity, guards } = await judgeCapacity(fleet, leaving, {
    doing: `weight 0 for ${server}`,
    anyway: `zdt weight ${server} ${share} --allow-empty`,
    allowEmpty,
  })
  const behind = await weighed(fromHere(world, { timeout: usualPatience, inPlace }), upstreams, server, share)
  const seats = seen.map(({ seat }) => seat)
  const lines = linesOf(upstreams)
  const comesTo = inFull(
    [
      ...seen.map(({ seat: { host }, view }) => ({ host, full: view.initialWeight })),
      ...lines.map(({ host, line: { full } }) => ({ host, full })),
    ],
    share,
  )
  const where = whereOf(places)
  const { held, heard } = await agentsOf(seen, share)
  const before = [...new Set([...seen.map(({ view }) => view.weight), ...lines.map(({ line }) => line.weight)])]
  const back = before.length === 1 ? `zdt weight ${server} ${before[0]}` : undefined
  return {
    situation: situationOf(fleet, places, behind, {
      capacity,
      facts: held.map(
        (seat) =>
          `the agent check of ${namesOf([seat])} on ${seat.host} is held off until zdt weight ${server} 100%: it may set the weight`,
      ),
    }),
    plan: plan(
      `weight ${server} ${share}`,
      fleet.digest,
      [
        stage('enough servers stay', guards),
        agentsHeldOff(held),
        stage(
          `set server ${namesOf(seats)} weight ${share}${comesTo}`,
          seats.map((seat) => {
            const capacity = questionBeforeUndo(fleet, seat)
            return setServerWeight.at(seat.host, { seat, weight: share, ...(capacity && { capacity }) })
          }),
        ),
        agentsHeard(heard),
        ...behind.stages,
      ],
      id,
    ),
    done: `${server} has weight ${share} on ${where}${comesTo}`,
    already: `${server} had weight ${share} already on ${where}${comesTo}`,
    ...(back && { putBackWith: back }),
    onTimeout: 'put-back',
  }
}

/** ` (50% of 100 → 50)`; where load balancers are configured differently, what it comes to on each. */
function inFull(seen: readonly { readonly host: HostName; readonly full: number }[], share: Weight): string {
  const each = seen.map(({ host, full }) => ({ on: host, comesTo: weightInFull(share, full) }))
  const [one, ...more] = new Set(each.map(({ comesTo }) => comesTo))
  if (one === undefined) return ''
  if (more.length === 0) return ` (${one})`
  return ` (${[...new Set(each.map(({ on, comesTo }) => `${comesTo} on ${on}`))].join(', ')})`
}

/**
 * The agents to hold off, for one that answers with a percentage takes a weight back within one interval (TRAPS); and those
 * to hear again, because the weight is as configured and it was zdt that held them off.
 */
async function agentsOf(seen: readonly SeenSeat[], share: Weight) {
  const shifts = ({ view }: SeenSeat) => effectiveWeight(share, view.initialWeight) !== view.initialWeight
  const held = seen.filter((one) => shifts(one) && one.view.agent?.enabled === true)
  const deaf = seen.filter((one) => !shifts(one) && one.view.agent?.enabled === false && one.view.admin === 'ready')
  const past = deaf.length > 0 ? await PastRuns.read() : undefined
  const heard = deaf.filter(({ seat }) => past?.agentWasOff(seat) !== true)
  return { held: held.map(({ seat }) => seat), heard: heard.map(({ seat }) => seat) }
}

function refuseIfStatic({ seat, view, all }: SeenSeat, share: Weight): void {
  const backend = all.backends.find(({ backend: name }) => name === seat.backend)
  const wanted = effectiveWeight(share, view.initialWeight)
  if (backend?.weights !== 'all or nothing' || wanted === 0 || wanted === view.initialWeight) return
  throw new ZdtError(`${seat.backend} balances by ${backend.algorithm}, which takes only 0% and 100%`, {
    code: 'static-algorithm',
    exit: 'refused',
    host: seat.host,
    suggestions: [`zdt weight ${seat.server} 0%`, `zdt weight ${seat.server} 100%`],
  })
}
