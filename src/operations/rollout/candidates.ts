import { lookAtApp, type App, type AppState } from '../../daemons/app/look.ts'
import { isServing } from '../../daemons/haproxy/is-serving.ts'
import { serverAt } from '../../daemons/nginx/upstream/servers-file.ts'
import type { Fleet, Pool, Seat, ServerSpec, UpstreamSeat } from '../../fleet/fleet.ts'
import type { RolloutSpec } from '../../fleet/rollout.ts'
import { hostOfServer, placesServing, poolNamed, type Places } from '../../fleet/selectors.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { lookAtSeats, type SeenSeat } from '../look-at-seats.ts'
import type { World } from '../operation.ts'
import { lookAtUpstreams, type SeenUpstream } from '../upstreams/look.ts'

/** A server that is to get the version: what it says of itself, and where it has its seats. */
export interface Candidate {
  readonly server: ServerSpec
  readonly host: HostName
  readonly app: App
  readonly state: AppState
  readonly seats: readonly SeenSeat[]
  /** Where nginx sends to it, each with this server's seat alone. */
  readonly upstreams: readonly SeenUpstream[]
}

/** Asks every server of a pool what it runs, and every load balancer how it sees it. Throws what asking throws. */
export async function candidates({ fleet, hosts }: World, pool: Pool, spec: RolloutSpec): Promise<Candidate[]> {
  const everywhere = allPlaces(fleet, pool)
  const [seen, behind, states] = await Promise.all([
    lookAtSeats(hosts, everywhere.seats),
    lookAtUpstreams(fleet, hosts, everywhere.upstreams),
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
    const places = placesAt(fleet, pool, server)
    const own = places.seats.map(seatKey)
    const seats = seen.filter(({ seat }) => own.includes(seatKey(seat)))
    const upstreams = behind.flatMap((one) => {
      const here = one.seats.filter((seat) => places.upstreams.some((place) => isSame(place, seat)))
      const rows = one.rows.filter(({ server: name }) => here.some((seat) => seat.server === name))
      return here.length > 0 ? [{ ...one, seats: here, rows }] : []
    })
    return [{ server, host: hostOf(fleet, pool, server), ...known, seats, upstreams }]
  })
}

/** What somebody has taken out gets the version, and stays out. */
export function ready(some: readonly Candidate[]): SeenSeat[] {
  return some.flatMap(({ seats }) => seats.filter(({ view }) => view.admin === 'ready'))
}

/** The same behind nginx: who is drained in its file stays so. Each upstream once, with all of their seats. */
export function readyBehind(some: readonly Candidate[]): SeenUpstream[] {
  return byFile(some.flatMap(({ upstreams }) => upstreams.filter(isSentTo)))
}

/** Every upstream of some servers, whoever is drained in it. */
export function upstreamsOf(some: readonly Candidate[]): SeenUpstream[] {
  return byFile(some.flatMap(({ upstreams }) => upstreams))
}

/** Is there an nginx that sends to it, or is to? */
export function isBehind({ upstreams }: Candidate): boolean {
  return upstreams.length > 0
}

/** Does nginx send to its seats? */
export function isSentTo({ seats, servers }: SeenUpstream): boolean {
  return seats.every((seat) => serverAt(servers, seat)?.down === false)
}

/** Each upstream once, with all of the seats. */
function byFile(all: readonly SeenUpstream[]): SeenUpstream[] {
  const files = [...new Set(all.map(({ host, file }) => `${host} ${file.path}`))]
  return files.flatMap((key) => {
    const [first, ...more] = all.filter(({ host, file }) => `${host} ${file.path}` === key)
    return first ? [{ ...first, seats: [first, ...more].flatMap(({ seats }) => seats) }] : []
  })
}

function isSame(one: UpstreamSeat, other: UpstreamSeat): boolean {
  return one.host === other.host && one.file === other.file && one.server === other.server
}

function seatKey({ host, socket, backend, server }: Seat): string {
  return `${host} ${socket} ${backend}/${server}`
}

/** Well by itself, and serving where it is to serve. */
export function isWell({ state, seats, upstreams }: Candidate): boolean {
  const answers = upstreams.every(({ rows }) => rows.every(({ state: seen }) => !seen.endsWith('down')))
  return state.ill === null && answers && seats.every(({ view }) => view.admin !== 'ready' || isServing(view))
}

/** The names of some, as a sentence has them. */
export function namesOf(some: readonly { readonly server: ServerSpec }[]): string {
  return some.map(({ server }) => server.name).join(', ')
}

/** Also those in other pools: whoever listens there is restarted for all of them. */
function placesAt(fleet: Fleet, pool: Pool, server: ServerSpec): Places {
  const { seats, upstreams } = placesServing(fleet, hostOf(fleet, pool, server))
  const listens = ({ port }: { readonly port: number }) => port === server.port
  return { seats: seats.filter(listens), upstreams: upstreams.filter(listens) }
}

/** Every place of a pool's servers. */
export function allPlaces(fleet: Fleet, pool: Pool): Places {
  const each = pool.servers.map((server) => placesAt(fleet, pool, server))
  return { seats: each.flatMap(({ seats }) => seats), upstreams: each.flatMap(({ upstreams }) => upstreams) }
}

/** Throws, exit `usage`, where zdt.yaml does not say how. */
export function rolledOut(fleet: Fleet, name: string): { pool: Pool; spec: RolloutSpec } {
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
export function hostOf(fleet: Fleet, pool: Pool, server: ServerSpec): HostName {
  const host = hostOfServer(fleet, server)
  if (host) return host.name
  throw new ZdtError(`${pool.name}/${server.name} is at ${server.address}, which is no host of ${fleet.file}`, {
    code: 'no-host',
    exit: 'usage',
    suggestions: [`under hosts: write ${server.name}: { address: ${server.address} }`],
  })
}
