import { LevelTooLow, NoSuchSeat } from '../daemons/haproxy/errors.ts'
import { ask } from '../daemons/haproxy/runtime.ts'
import { parseServers, showServers, type Servers } from '../daemons/haproxy/servers.ts'
import type { ServerView } from '../daemons/haproxy/server-view.ts'
import { lookInto } from '../daemons/haproxy/worker-load.ts'
import { isLiteral } from '../daemons/linux/ip.ts'
import { processes } from '../daemons/haproxy/workers.ts'
import { seatName, setState, showCliLevel } from '../daemons/haproxy/commands.ts'
import type { Seat } from '../fleet/fleet.ts'
import type { Host, Hosts } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'

/** A seat, and what its load balancer sees there. */
export interface SeenSeat {
  /** With the address that HAProxy itself uses. */
  readonly seat: Seat
  readonly view: ServerView
  /** All that this load balancer sees. */
  readonly all: Servers
  /** Sessions on workers of before a reload, where there are such workers. */
  readonly old?: number
}

/**
 * Looks at seats that are to be changed, on all their load balancers side by side, one round trip each.
 * Throws NoSuchSeat, LevelTooLow where the socket may only look, and what Host throws.
 */
export async function lookAtSeats(hosts: Hosts, seats: readonly Seat[]): Promise<SeenSeat[]> {
  const looks = new Map<string, Promise<Servers>>()
  const looked = await Promise.allSettled(
    seats.map(async (seat) => {
      const key = `${seat.host} ${seat.socket}`
      const asked = looks.get(key) ?? hosts.on(seat.host).then((host) => lookToChange(host, seat))
      looks.set(key, asked)
      const all = await asked
      const view = all.servers.find(({ backend, server }) => backend === seat.backend && server === seat.server)
      if (!view) {
        throw new NoSuchSeat(seatName(seat), { host: seat.host, socket: seat.socket, said: known(all, seat) })
      }
      refuseIfElsewhere(seat, view)
      const old = await oldSessions(await hosts.on(seat.host), seat)
      return {
        seat: { ...seat, address: view.address || seat.address, port: view.port || seat.port },
        view,
        all,
        ...(old !== undefined && { old }),
      }
    }),
  )
  throwAll(looked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])))
  return looked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}

/** Seats of one backend, whichever load balancer they are on: what is watched together. */
export function byBackend(seen: readonly SeenSeat[]): [Seat, ...Seat[]][] {
  const groups = new Map<string, [Seat, ...Seat[]]>()
  for (const { seat } of seen) {
    const group = groups.get(seat.backend)
    if (group) group.push(seat)
    else groups.set(seat.backend, [seat])
  }
  return [...groups.values()]
}

/** Seats that one watch is about: those of a backend; `alone`: each server by itself, and the others beside it. */
export function watchedTogether(
  seen: readonly SeenSeat[],
  alone: boolean,
): { readonly seats: [Seat, ...Seat[]]; readonly beside: { readonly beside?: readonly string[] } }[] {
  if (!alone) return byBackend(seen).map((seats) => ({ seats, beside: {} }))
  const servers = [...new Set(seen.map(({ seat }) => seat.server))]
  return servers.flatMap((server) => {
    const beside = servers.filter((other) => other !== server)
    const own = byBackend(seen.filter(({ seat }) => seat.server === server))
    return own.map((seats) => ({ seats, beside: beside.length > 0 ? { beside } : {} }))
  })
}

/** The first in the order of the fleet, and under it a line for each other load balancer with trouble of its own. */
function throwAll([first, ...more]: readonly unknown[]): void {
  if (first === undefined) return
  if (!(first instanceof ZdtError)) throw first
  const others = new Set(more.map((error) => (error instanceof Error ? error.message : String(error))))
  others.delete(first.message)
  if (others.size === 0) throw first
  const { code, exit, host, said, suggestions, cause } = first
  throw new ZdtError([first.message, ...others].join('\n'), { code, exit, host, said, suggestions, cause })
}

async function lookToChange(host: Host, seat: Seat): Promise<Servers> {
  const [level = '', ...tables] = await ask(host, seat.socket, [showCliLevel(), ...showServers()])
  // Found out when it is used, it would leave one load balancer changed and the other not.
  if (level !== 'admin') {
    const said = `its level is ${level}`
    throw new LevelTooLow(setState(seat, 'drain'), 'admin', { host: host.name, socket: seat.socket, said })
  }
  return parseServers(tables)
}

/** Undefined where there is no old worker, and where there is no master socket to ask at. */
async function oldSessions(host: Host, seat: Seat): Promise<number | undefined> {
  const family = await processes(host, seat.masterSocket).catch(() => undefined)
  if (!family || family.leaving.length === 0) return undefined
  const loads = await Promise.all(
    // One that has gone meanwhile, or never knew the server, has no session there.
    family.leaving.map(({ pid }) =>
      lookInto(host, seat, { socket: seat.masterSocket, pid }, {}).catch(() => undefined),
    ),
  )
  return loads.reduce((sum, load) => sum + (load?.sessions ?? 0), 0)
}

function known({ servers: views }: Servers, { backend }: Seat): string {
  const names = views.filter((view) => view.backend === backend).map(({ server }) => server)
  const backends = [...new Set(views.map((view) => view.backend))]
  return names.length > 0 ? `${backend} has ${names.join(', ')}` : `its backends are ${backends.join(', ')}`
}

/** zdt.yaml and HAProxy must mean the same machine by a name, or zdt would watch the wrong one drain. */
function refuseIfElsewhere(seat: Seat, { address, port }: ServerView): void {
  if (!isLiteral(seat.address) || !isLiteral(address) || (address === seat.address && port === seat.port)) return
  throw new ZdtError(
    `${seatName(seat)} is ${address}:${port} on ${seat.host}, but ${seat.address}:${seat.port} in zdt.yaml`,
    {
      code: 'address-differs',
      exit: 'refused',
      host: seat.host,
      suggestions: ['correct zdt.yaml, or haproxy.cfg'],
    },
  )
}

/** Who was taken out before, and stays so. */
export function stillOut(seen: readonly Pick<SeenSeat, 'seat' | 'view'>[]): string[] {
  return seen.flatMap(({ seat, view }) =>
    view.admin === 'ready' ? [] : [`${seat.backend}/${seat.server} is in ${view.admin} on ${seat.host}, and stays so`],
  )
}
