import { plan, stage, type StageDraft } from '../engine/plan.ts'
import type { Fleet, Pool, Seat } from '../fleet/fleet.ts'
import { inBatches, type BatchSize } from '../lib/batches.ts'
import { formatDuration } from '../lib/durations.ts'
import type { Millis } from '../lib/types.ts'
import { deployVersion } from '../steps/app/deploy.ts'
import { appSettles } from '../steps/app/settle.ts'
import { watchSeats } from '../steps/haproxy/watch-seats.ts'
import { judgeCapacity, type Judged } from './capacity.ts'
import { claimsOf } from './claims.ts'
import type { SeenSeat } from './look-at-seats.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
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
import { intoRotation, outOfRotation, untilDrained } from './rotation.ts'
import { seatRow } from './seat-row.ts'

export interface RolloutOptions {
  readonly pool: string
  readonly to: string
  /** Over those of zdt.yaml. */
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
  const { pool, spec } = rolledOut(fleet, options.pool)
  const { to, timeout, batch = spec.batch, settle = spec.settle, minHealthy = spec.minHealthy } = options
  const all = await candidates({ fleet, hosts, id }, pool, spec)
  const todo = all.filter(({ state }) => state.version !== to || state.ill !== null)
  const batches = inBatches(
    todo.toSorted((a, b) => Number(isWell(a)) - Number(isWell(b))),
    batch,
  )
  const judged = await Promise.all(batches.map((some) => judge(fleet, pool, some, options)))
  const tightest = judged.flatMap(({ capacity }) => capacity).toSorted((a, b) => a.after - b.after)[0]
  const stages = batches.flatMap((some, index): StageDraft[] => {
    const one = judged[index]
    if (!one) return []
    const moving = ready(some)
    return [
      ...outOfRotation(moving, 'drain', one),
      untilDrained(
        some.flatMap(({ seats }) => seats),
        timeout,
      ),
      stage(
        `deploy ${to} on ${namesOf(some)}`,
        some.map(({ server, host, app }) =>
          deployVersion.at(host, {
            pool: pool.name,
            server: server.name,
            app,
            to,
            deploy: spec.deploy,
            back: spec.back ?? spec.deploy,
            timeout: spec.timeout,
          }),
        ),
      ),
      stage(
        `${namesOf(some)} must be well for ${formatDuration(settle)}, on its own`,
        settle === 0
          ? []
          : some.map(({ server, host, app }) =>
              appSettles.at(host, { pool: pool.name, server: server.name, app, version: to, settle }),
            ),
      ),
      ...intoRotation(fleet, moving, timeout, ({ view }) => view.agent?.enabled === true),
      stage(
        `watch ${namesOf(some)} serve for ${formatDuration(minHealthy)}`,
        minHealthy === 0 ? [] : byBackend(moving).map((seats) => watch(seats, minHealthy, spec.maxErrors)),
      ),
    ]
  })
  const names = namesOf(all)
  return {
    situation: {
      fleet: fleet.name,
      seats: all.flatMap(({ seats }) => seats).map(({ seat, view, old }) => seatRow(seat.host, view, old)),
      capacity: tightest ? [tightest] : [],
      facts: [...versions(all), ...stillOut(todo)],
    },
    plan: plan(`rollout ${pool.name} to ${to}`, fleet.digest, stages, id),
    done: `${pool.name} runs ${to} on ${names}`,
    already: `${pool.name} runs ${to} on ${names} already, and is well`,
    halfWay: { goOnWith: `zdt resume ${id}`, putBackWith: `zdt rollback ${id}` },
    onTimeout: 'put-back',
  }
}

function judge(fleet: Fleet, pool: Pool, some: readonly Candidate[], options: RolloutOptions): Promise<Judged> {
  return judgeCapacity(fleet, ready(some), {
    doing: `taking ${namesOf(some)} out`,
    anyway: `zdt rollout ${pool.name} --to ${options.to} --allow-empty`,
    allowEmpty: options.allowEmpty,
  })
}

/** Seats of one load balancer and one backend are watched together. */
function byBackend(seen: readonly SeenSeat[]): [Seat, ...Seat[]][] {
  const groups = new Map<string, [Seat, ...Seat[]]>()
  for (const { seat } of seen) {
    const key = `${seat.host} ${seat.socket} ${seat.backend}`
    const group = groups.get(key)
    if (group) group.push(seat)
    else groups.set(key, [seat])
  }
  return [...groups.values()]
}

function watch(seats: readonly [Seat, ...Seat[]], minHealthy: Millis, maxErrors: number) {
  return watchSeats.at(seats[0].host, { seats, watch: minHealthy, maxErrors })
}
