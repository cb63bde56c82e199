import { plan, type StageDraft } from '../engine/plan.ts'
import type { Fleet, Pool } from '../fleet/fleet.ts'
import type { RolloutSpec } from '../fleet/rollout.ts'
import type { Strategy } from '../fleet/strategies.ts'
import { inBatches, type BatchSize } from '../lib/batches.ts'
import type { Millis } from '../lib/types.ts'
import { judgeCapacity, type Judged } from './capacity.ts'
import { claimsOf } from './claims.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
import { backAgain, deployed, watched, type Rolling } from './rollout/batch.ts'
import { coloursInWords, coloursOf, switchColours } from './rollout/blue-green.ts'
import { canaryFirst, sharesInFull } from './rollout/canary.ts'
import {
  allSeats,
  candidates,
  hostOf,
  isWell,
  namesOf,
  ready,
  rolledOut,
  type Candidate,
} from './rollout/candidates.ts'
import { stillOut, versions } from './rollout/facts.ts'
import { seatRow } from './seat-row.ts'
import type { Situation } from './situation.ts'

export interface RolloutOptions {
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
  readonly minHealthy?: Millis
  /** How long each wait for connections and checks may take. */
  readonly timeout: Millis
  readonly allowEmpty: boolean
}

/**
 * Brings a pool's application to another version, batch by batch: out of rotation, deployed, well on its own, a fresh check
 * at every load balancer, back, watched. Who is ill already goes first. Throws NoRollout, TooFewLeft, and what fleet and hosts throw.
 */
export const rollout: Operation<RolloutOptions> = {
  title: ({ pool, to }) => `rollout ${pool} to ${to}`,
  claims: (fleet, { pool: name }) => {
    const { pool } = rolledOut(fleet, name)
    return claimsOf(fleet, allSeats(fleet, pool), [...new Set(pool.servers.map((one) => hostOf(fleet, pool, one)))])
  },
  propose,
}

async function propose({ fleet, hosts, id }: World, options: RolloutOptions): Promise<Proposal> {
  const { pool, spec: written } = rolledOut(fleet, options.pool)
  const { to, timeout } = options
  const rolling = { fleet, pool, spec: over(written, options), to, timeout }
  const all = await candidates({ fleet, hosts, id }, pool, rolling.spec)
  const { stages, capacity, facts, names } = await (rolling.spec.strategy === 'blue-green'
    ? byColour(rolling, all, options)
    : inTurn(rolling, all, options))
  return {
    situation: {
      fleet: fleet.name,
      seats: all.flatMap(({ seats }) => seats).map(({ seat, view, old }) => seatRow(seat.host, view, old)),
      capacity,
      facts: [...versions(all), ...facts],
    },
    plan: plan(`rollout ${pool.name} to ${to}`, fleet.digest, stages, id),
    done: `${pool.name} runs ${to} on ${names}`,
    already: `${pool.name} runs ${to} on ${names} already, and is well`,
    halfWay: { goOnWith: `zdt resume ${id}`, putBackWith: `zdt rollback ${id}` },
    onTimeout: 'put-back',
  }
}

/** What a strategy makes of a pool. */
interface Strategic {
  readonly stages: readonly StageDraft[]
  readonly capacity: Situation['capacity']
  readonly facts: readonly string[]
  /** Who runs the version in the end. */
  readonly names: string
}

async function byColour(rolling: Rolling, all: readonly Candidate[], options: RolloutOptions): Promise<Strategic> {
  const colours = coloursOf(rolling, all)
  const { live } = colours
  const isThere = live.servers.every(({ state }) => state.version === rolling.to && state.ill === null)
  if (isThere) return { stages: [], capacity: [], facts: [], names: namesOf(live.servers) }
  // The others serve by then.
  const judged = await judge(rolling.fleet, rolling.pool, live.servers, options, { later: true })
  return {
    stages: switchColours(rolling, colours, judged),
    capacity: [],
    facts: coloursInWords(rolling, colours),
    names: namesOf(colours.idle.servers),
  }
}

/** Batch by batch, and before them the canary, where there is one. */
async function inTurn(rolling: Rolling, all: readonly Candidate[], options: RolloutOptions): Promise<Strategic> {
  const { fleet, pool, spec, to } = rolling
  const todo = all
    .filter(({ state }) => state.version !== to || state.ill !== null)
    .toSorted((a, b) => Number(isWell(a)) - Number(isWell(b)))
  const [canary = [], ...rest] =
    spec.strategy === 'canary' ? withCanary(todo, spec) : [[], ...inBatches(todo, spec.batch)]
  const batches = [canary, ...rest].filter((some) => some.length > 0)
  const judged = new Map(
    await Promise.all(batches.map(async (some) => [some, await judge(fleet, pool, some, options)] as const)),
  )
  const tightest = [...judged.values()].flatMap(({ capacity }) => capacity).toSorted((a, b) => a.after - b.after)[0]
  const stages = batches.flatMap((some) => {
    const one = judged.get(some)
    if (!one) return []
    if (some === canary) return canaryFirst(rolling, some, all, one)
    return [...deployed(rolling, some, one), ...backAgain(rolling, some), watched(rolling, namesOf(some), ready(some))]
  })
  return {
    stages,
    capacity: tightest ? [tightest] : [],
    facts: [...stillOut(todo), ...(canary.length > 0 ? sharesInFull(rolling, canary, all) : [])],
    names: namesOf(all),
  }
}

/** What the flags say goes over zdt.yaml. */
function over(spec: RolloutSpec, options: RolloutOptions): RolloutSpec {
  const { strategy, batch, settle, minHealthy, shares, samples, approve, keepOld } = options
  return {
    ...spec,
    ...(strategy && { strategy }),
    ...(batch && { batch }),
    ...(settle !== undefined && { settle }),
    ...(minHealthy !== undefined && { minHealthy }),
    canary: {
      ...spec.canary,
      ...(shares && { shares }),
      ...(samples !== undefined && { samples }),
      ...(approve && { approve }),
    },
    blueGreen: { ...spec.blueGreen, ...(keepOld !== undefined && { keepOld }) },
  }
}

/** The canary, then the others in batches. One that nobody is sent to tells nothing, so it is no canary. */
function withCanary(todo: readonly Candidate[], { canary, batch }: RolloutSpec): Candidate[][] {
  const [some = []] = inBatches(
    todo.filter((one) => ready([one]).length > 0),
    [canary.servers],
  )
  return [
    some,
    ...inBatches(
      todo.filter((one) => !some.includes(one)),
      batch,
    ),
  ]
}

function judge(
  fleet: Fleet,
  pool: Pool,
  some: readonly Candidate[],
  options: RolloutOptions,
  when: { readonly later?: true } = {},
): Promise<Judged> {
  return judgeCapacity(fleet, ready(some), {
    doing: `taking ${namesOf(some)} out`,
    anyway: `zdt rollout ${pool.name} --to ${options.to} --allow-empty`,
    allowEmpty: options.allowEmpty,
    ...when,
  })
}
