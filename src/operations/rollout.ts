import { lookAtApp, type App, type AppState } from '../daemons/app/look.ts'
import { isServing } from '../daemons/haproxy/is-serving.ts'
import { plan, stage, type StageDraft } from '../engine/plan.ts'
import type { Fleet, Pool, Seat, ServerSpec } from '../fleet/fleet.ts'
import type { RolloutSpec } from '../fleet/rollout.ts'
import { hostOfServer, poolNamed, seatsOf } from '../fleet/selectors.ts'
import { inBatches, type BatchSize } from '../lib/batches.ts'
import { ZdtError } from '../lib/errors.ts'
import { formatDuration } from '../lib/durations.ts'
import type { HostName, Millis } from '../lib/types.ts'
import { deployVersion } from '../steps/app/deploy.ts'
import { appSettles } from '../steps/app/settle.ts'
import { watchSeats } from '../steps/haproxy/watch-seats.ts'
import { judgeCapacity, type Judged } from './capacity.ts'
import { claimsOf } from './claims.ts'
import { lookAtSeats, type SeenSeat } from './look-at-seats.ts'
import type { Operation, World } from './operation.ts'
import type { Proposal } from './proposal.ts'
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

/** A server that is to get the version: what it says of itself, and where it has its seats. */
interface Candidate {
  readonly server: ServerSpec
  readonly host: HostName
  readonly app: App
  readonly state: AppState
  readonly seats: readonly SeenSeat[]
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
        minHealthy === 0 ? [] : byBalancer(moving).map((seats) => watch(seats, minHealthy, spec.maxErrors)),
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

async function candidates({ fleet, hosts }: World, pool: Pool, spec: RolloutSpec): Promise<Candidate[]> {
  const [seen, states] = await Promise.all([
    lookAtSeats(hosts, allSeats(fleet, pool)),
    Promise.all(
      pool.servers.map(async (server) => {
        const app = { address: server.address, port: server.port, health: spec.health, version: spec.version }
        return { app, state: await lookAtApp(await hosts.on(hostOf(fleet, pool, server)), app) }
      }),
    ),
  ])
  return pool.servers.flatMap((server, index) => {
    const known = states[index]
    if (!known) return []
    const seats = seen.filter(({ seat }) => seat.server === server.name)
    return [{ server, host: hostOf(fleet, pool, server), ...known, seats }]
  })
}

function judge(fleet: Fleet, pool: Pool, some: readonly Candidate[], options: RolloutOptions): Promise<Judged> {
  return judgeCapacity(fleet, ready(some), {
    doing: `taking ${namesOf(some)} out`,
    anyway: `zdt rollout ${pool.name} --to ${options.to} --allow-empty`,
    allowEmpty: options.allowEmpty,
  })
}

/** What somebody has taken out gets the version, and stays out. */
function ready(some: readonly Candidate[]): SeenSeat[] {
  return some.flatMap(({ seats }) => seats.filter(({ view }) => view.admin === 'ready'))
}

function isWell({ state, seats }: Candidate): boolean {
  return state.ill === null && seats.every(({ view }) => view.admin !== 'ready' || isServing(view))
}

function byBalancer(seen: readonly SeenSeat[]): [Seat, ...Seat[]][] {
  const groups = new Map<HostName, [Seat, ...Seat[]]>()
  for (const { seat } of seen) {
    const group = groups.get(seat.host)
    if (group) group.push(seat)
    else groups.set(seat.host, [seat])
  }
  return [...groups.values()]
}

function watch(seats: readonly [Seat, ...Seat[]], minHealthy: Millis, maxErrors: number) {
  return watchSeats.at(seats[0].host, { seats, watch: minHealthy, maxErrors })
}

/** `1.0.0 runs on app1, app2`, and who is ill. */
function versions(all: readonly Candidate[]): string[] {
  const said = [...new Set(all.map(({ state }) => state.version))]
  return [
    ...said.map((version) => {
      const names = namesOf(all.filter(({ state }) => state.version === version))
      return version === null
        ? `${names}: no version can be told, so there is none to go back to`
        : `${version} runs on ${names}`
    }),
    ...all.flatMap(({ server, state }) => (state.ill === null ? [] : [`⚠ ${server.name} is not well: ${state.ill}`])),
  ]
}

function stillOut(some: readonly Candidate[]): string[] {
  return some.flatMap(({ seats }) =>
    seats.flatMap(({ seat, view }) =>
      view.admin === 'ready'
        ? []
        : [`${seat.backend}/${seat.server} is in ${view.admin} on ${seat.host}, and stays so`],
    ),
  )
}

function namesOf(some: readonly { readonly server: ServerSpec }[]): string {
  return some.map(({ server }) => server.name).join(', ')
}

function allSeats(fleet: Fleet, pool: Pool): Seat[] {
  return pool.servers.flatMap(({ name }) => seatsOf(fleet, `${pool.name}/${name}`))
}

/** Throws, exit `usage`, where zdt.yaml does not say how. */
function rolledOut(fleet: Fleet, name: string): { pool: Pool; spec: RolloutSpec } {
  const pool = poolNamed(fleet, name)
  if (pool.rollout) return { pool, spec: pool.rollout }
  throw new ZdtError(`${fleet.file} does not say how ${name} comes to another version`, {
    code: 'no-rollout',
    exit: 'usage',
    suggestions: [
      `under pools.${name} write: rollout: { deploy: [sudo, release, '{version}'], version: { path: /version } }`,
    ],
  })
}

/** Throws, exit `usage`, where a server is none of the fleet's hosts. */
function hostOf(fleet: Fleet, pool: Pool, server: ServerSpec): HostName {
  const host = hostOfServer(fleet, server)
  if (host) return host.name
  throw new ZdtError(`${pool.name}/${server.name} is at ${server.address}, which is no host of ${fleet.file}`, {
    code: 'no-host',
    exit: 'usage',
    suggestions: [`under hosts: write ${server.name}: { address: ${server.address} }`],
  })
}
