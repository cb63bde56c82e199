import { lookAtApp, type App, type AppState } from '../../daemons/app/look.ts'
import { isServing } from '../../daemons/haproxy/is-serving.ts'
import type { Fleet, Pool, Seat, ServerSpec } from '../../fleet/fleet.ts'
import type { RolloutSpec } from '../../fleet/rollout.ts'
import { hostOfServer, poolNamed, poolsServing } from '../../fleet/selectors.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { lookAtSeats, type SeenSeat } from '../look-at-seats.ts'
import type { World } from '../operation.ts'

/** A server that is to get the version: what it says of itself, and where it has its seats. */
export interface Candidate {
  readonly server: ServerSpec
  readonly host: HostName
  readonly app: App
  readonly state: AppState
  readonly seats: readonly SeenSeat[]
}

/** Asks every server of a pool what it runs, and every load balancer how it sees it. Throws what asking throws. */
export async function candidates({ fleet, hosts }: World, pool: Pool, spec: RolloutSpec): Promise<Candidate[]> {
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
    const own = seatsAt(fleet, pool, server).map(seatKey)
    const seats = seen.filter(({ seat }) => own.includes(seatKey(seat)))
    return [{ server, host: hostOf(fleet, pool, server), ...known, seats }]
  })
}

/** What somebody has taken out gets the version, and stays out. */
export function ready(some: readonly Candidate[]): SeenSeat[] {
  return some.flatMap(({ seats }) => seats.filter(({ view }) => view.admin === 'ready'))
}

function seatKey({ host, socket, backend, server }: Seat): string {
  return `${host} ${socket} ${backend}/${server}`
}

/** Well by itself, and serving where it is to serve. */
export function isWell({ state, seats }: Candidate): boolean {
  return state.ill === null && seats.every(({ view }) => view.admin !== 'ready' || isServing(view))
}

/** The names of some, as a sentence has them. */
export function namesOf(some: readonly { readonly server: ServerSpec }[]): string {
  return some.map(({ server }) => server.name).join(', ')
}

/** Also those in other pools: whoever listens there is restarted for all of them. */
function seatsAt(fleet: Fleet, pool: Pool, server: ServerSpec): Seat[] {
  return poolsServing(fleet, hostOf(fleet, pool, server)).filter(({ port }) => port === server.port)
}

/** Every seat of a pool's servers. */
export function allSeats(fleet: Fleet, pool: Pool): Seat[] {
  return pool.servers.flatMap((server) => seatsAt(fleet, pool, server))
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
