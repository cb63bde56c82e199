import { plan } from '../engine/plan.ts'
import type { RolloutSpec } from '../fleet/rollout.ts'
import type { Strategy } from '../fleet/strategies.ts'
import { defined } from '../lib/defined.ts'
import type { BatchSize } from '../lib/batches.ts'
import { ZdtError } from '../lib/errors.ts'
import type { Millis } from '../lib/types.ts'
import { claimsOf } from './claims.ts'
import type { Operation, World } from './operation.ts'
import { seatsOn } from './out-meanwhile.ts'
import type { Proposal } from './proposal.ts'
import type { Rolling } from './rollout/batch.ts'
import { coloursBehind, coloursInWords, switchColours } from './rollout/blue-green.ts'
import { coloursOf } from './rollout/colours.ts'
import { allPlaces, candidates, hostOf, namesOf, rolledOut, type Candidate } from './rollout/candidates.ts'
import { unlogged, versions } from './rollout/facts.ts'
import { inTurn, judge, type Strategic, type TakingOut } from './rollout/in-turn.ts'
import { seatRow } from './seat-row.ts'
import { fromHere } from './upstreams/change.ts'
import { unreadLines } from './upstreams/look.ts'

export interface RolloutOptions extends TakingOut {
  readonly pool: string
  readonly to: string
  /** What follows is over what zdt.yaml says. */
  readonly strategy?: Strategy
  readonly shares?: readonly number[]
  readonly samples?: number
  readonly approve?: boolean
  readonly keepOld?: Millis
  readonly batch?: readonly BatchSize[]
  readonly settle?: Millis
  /** How many requests; 0 is none. */
  readonly rehearse?: number
  readonly minHealthy?: Millis
  readonly slowStart?: Millis
  readonly maxFailures?: number
}

/**
 * Brings a pool's application to another version, batch by batch: out of rotation, deployed, well on its own, a fresh check
 * at every load balancer, back, watched. Who is ill already goes first. Throws NoRollout, TooFewLeft, and what fleet and hosts throw.
 */
export const rollout: Operation<RolloutOptions> = {
  title: ({ pool, to }) => `rollout ${pool} to ${to}`,
  claims: (fleet, { pool: name }) => {
    const { pool } = rolledOut(fleet, name)
    const { seats, upstreams } = allPlaces(fleet, pool)
    const meanwhile = [...new Set(upstreams.map(({ host }) => host))].flatMap((host) => seatsOn(fleet, host))
    const own = [...new Set(pool.servers.map((one) => hostOf(fleet, pool, one)))]
    return claimsOf(fleet, [...seats, ...upstreams, ...meanwhile], own)
  },
  propose,
}

async function propose({ fleet, hosts, id }: World, options: RolloutOptions): Promise<Proposal> {
  const { pool, spec: written } = rolledOut(fleet, options.pool)
  const { to, timeout } = options
  const rolling = { fleet, pool, spec: over(written, options), to, timeout }
  const world = { fleet, hosts, id }
  const all = await candidates(world, pool, rolling.spec)
  refuseBudgetBehind(rolling, all)
  const { stages, capacity, facts, names } = await (rolling.spec.strategy === 'blue-green'
    ? byColour(world, rolling, all, options)
    : inTurn(world, rolling, all, options))
  return {
    situation: {
      fleet: fleet.name,
      seats: [
        ...all.flatMap(({ seats }) => seats).map(({ seat, view, old }) => seatRow(seat.host, view, old)),
        ...all.flatMap(({ upstreams }) => upstreams.flatMap(({ rows }) => rows)),
      ],
      capacity,
      facts: [
        ...budget(rolling),
        ...versions(all),
        ...unreadLines(all.flatMap(({ upstreams }) => upstreams)),
        ...unlogged(all),
        ...facts,
      ],
    },
    plan: {
      ...plan(`rollout ${pool.name} to ${to}`, fleet.digest, stages, id),
      ...(rolling.spec.maxFailures > 0 && { mayFail: rolling.spec.maxFailures }),
    },
    done: `${pool.name} runs ${to} on ${names}`,
    already: `${pool.name} runs ${to} on ${names} already, and is well`,
    again: `zdt rollout ${pool.name} --to ${to}`,
    halfWay: { goOnWith: `zdt resume ${id}`, putBackWith: `zdt rollback ${id}` },
    onTimeout: 'put-back',
  }
}

/** What becomes of a server that fails. */
function budget({ spec: { maxFailures: most } }: Rolling): string[] {
  if (most === 0) return []
  const who = most === 1 ? 'one server may' : `${most} servers may`
  return [`${who} fail and stay out of rotation, and the others go on; with one more all goes back`]
}

async function byColour(
  world: World,
  rolling: Rolling,
  all: readonly Candidate[],
  options: RolloutOptions,
): Promise<Strategic> {
  const colours = coloursOf(rolling, all)
  const { live } = colours
  const isThere = live.servers.every(({ state }) => state.version === rolling.to && state.ill === null)
  if (isThere) return { stages: [], capacity: [], facts: [], names: namesOf(live.servers) }
  // The others serve by then.
  const judged = await judge(rolling, live.servers, options, { later: true })
  const nginx = await coloursBehind(rolling, colours, judged, fromHere(world, options))
  return {
    stages: switchColours(rolling, colours, judged, nginx),
    capacity: [],
    facts: [
      ...coloursInWords(rolling, colours),
      ...(nginx.shares?.facts ?? []),
      ...new Set([nginx.up, nginx.down].flatMap(({ out }) => out.flatMap((one) => one.facts))),
    ],
    names: namesOf(colours.idle.servers),
  }
}

/** All of a batch come back in one file of nginx's, so that none can be left out. */
function refuseBudgetBehind({ spec, pool, to }: Rolling, all: readonly Candidate[]): void {
  const [first] = all.flatMap(({ upstreams }) => upstreams)
  if (!first || spec.maxFailures === 0) return
  throw new ZdtError(
    `nginx on ${first.host} sends to ${pool.name} too, and takes no single server of a batch out again`,
    {
      code: 'nginx-leaves-none-out',
      exit: 'refused',
      host: first.host,
      suggestions: [`zdt rollout ${pool.name} --to ${to} --max-failures 0`],
    },
  )
}

/** What the flags say goes over zdt.yaml. */
function over(spec: RolloutSpec, options: RolloutOptions): RolloutSpec {
  const {
    strategy = spec.strategy,
    batch,
    settle,
    minHealthy,
    slowStart,
    maxFailures = spec.maxFailures,
    shares,
    samples,
    approve,
    keepOld,
    rehearse,
  } = options
  const { rehearse: _written, ...others } = spec
  return {
    ...others,
    strategy,
    // The others judge all of a colour, or a canary, as one.
    maxFailures: strategy === 'rolling' ? maxFailures : 0,
    ...defined({ batch, settle, minHealthy, slowStart, rehearse: rehearsal(spec, rehearse) }),
    canary: { ...spec.canary, ...defined({ shares, samples, approve }) },
    blueGreen: { ...spec.blueGreen, ...defined({ keepOld, shares }) },
  }
}

/** zdt.yaml says what is asked for, the flag how often. */
function rehearsal({ rehearse }: RolloutSpec, requests: number | undefined): RolloutSpec['rehearse'] {
  if (requests === undefined) return rehearse
  if (rehearse) return requests === 0 ? undefined : { ...rehearse, requests }
  if (requests === 0) return undefined
  throw new ZdtError('zdt.yaml does not say what is asked for in a rehearsal', {
    code: 'no-rehearsal',
    exit: 'usage',
    suggestions: ['under rollout: write: rehearse: { paths: [/] }'],
  })
}
