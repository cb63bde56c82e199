import type { Host } from '../../hosts/host.ts'
import { sleep } from '../../lib/clock.ts'
import type { Place } from './commands.ts'
import { connectionsTo } from '../linux/connections-to.ts'
import { NoRuntimeSocket, NoSuchSeat } from './errors.ts'
import { unlessGone } from './leaving.ts'
import type { AskOptions } from './conversation.ts'
import { type Tcp, judgeTcp, lively } from './traffic.ts'
import { type WorkerLoad, lookInto } from './worker-load.ts'
import { processes } from './workers.ts'

/** A server's place and the ways to look at it; a fleet's `Seat` is one. */
export type Watched = Place & {
  readonly socket: string
  readonly masterSocket: string
  /** As the balancer connects to it: an address, as `ss` shows it. */
  readonly address: string
  readonly port: number
}

/** Everyone whom taking a server away would hurt, on one load balancer, at one moment. */
export type Connected = {
  readonly host: string
  readonly backend: string
  readonly server: string
  /** The current worker first, then those that leave since a reload. */
  readonly workers: readonly WorkerLoad[]
  readonly tcp: Tcp
  /** What could not be looked at: then nobody can say that the server is drained. */
  readonly blind: readonly string[]
}

/** Between two looks at TCP, in milliseconds: a health check is over by then. */
const between = 300

/** The master's list, or undefined without a master socket: then root's view of who holds connections must do. */
async function familyOf(host: Host, seat: Watched, options: AskOptions) {
  return await processes(host, seat.masterSocket, options).catch((error: unknown) => {
    if (error instanceof NoRuntimeSocket) return undefined
    throw error
  })
}

/** What a leaving worker has on the server; undefined when it has left meanwhile or never knew the server. */
async function lookIntoLeaving(host: Host, seat: Watched, pid: number, options: AskOptions) {
  const look = async () =>
    await lookInto(host, seat, { socket: seat.masterSocket, pid }, options).catch((error: unknown) => {
      if (error instanceof NoSuchSeat) return undefined
      throw error
    })
  return await unlessGone(host, { ...seat, pid }, look, options)
}

/**
 * Who is still connected to a server: its sessions and queue on the current worker and on every worker that leaves
 * since a reload (their sessions are on no socket but the master's), and the TCP connections that carry traffic.
 * Three questions side by side; then, only where there is something, one round for each leaving worker, two to tell
 * who the clients are, and a second look at TCP.
 * Throws NoRuntimeSocket, LevelTooLow (naming clients needs operator), HaproxySilent, NoSuchSeat, and what Host throws.
 */
export async function whoIsConnected(host: Host, seat: Watched, options: AskOptions = {}): Promise<Connected> {
  const look = () => connectionsTo(host, seat.address, seat.port, options)
  const [current, family, first] = await Promise.all([
    lookInto(host, seat, { socket: seat.socket }, options),
    familyOf(host, seat, options),
    look(),
  ])
  const pids = (family?.leaving ?? []).map(({ pid }) => pid)
  const leaving = await Promise.all(pids.map((pid) => lookIntoLeaving(host, seat, pid, options)))
  const workers = [current, ...leaving.filter((worker) => worker !== undefined)]
  const idle = workers.every(({ sessions, queued }) => sessions + queued === 0)
  let again = first
  if (idle && first !== undefined && lively(first).length > 0) {
    await sleep(between, options.signal)
    again = await look()
  }
  return {
    host: host.name,
    backend: seat.backend,
    server: seat.server,
    workers,
    tcp: judgeTcp(first ?? [], again ?? [], {
      pids: new Set([current.pid, ...pids]),
      complete: family !== undefined,
    }),
    blind: blindSpots(seat, {
      ss: again !== undefined,
      // Only root is told whose connections they are; none at all is nobody's.
      owners: again?.every(({ pid }) => pid !== undefined) ?? false,
      master: family !== undefined,
      sameFamily: family === undefined || family.workers.some(({ pid }) => pid === current.pid),
    }),
  }
}

interface Sight {
  readonly ss: boolean
  readonly owners: boolean
  readonly master: boolean
  readonly sameFamily: boolean
}

function blindSpots(seat: Watched, { ss, owners, master, sameFamily }: Sight): string[] {
  const spots: string[] = []
  if (!ss) spots.push('no `ss` on the host: connections that HAProxy does not count cannot be seen')
  if (!master && !owners) spots.push(`no ${seat.masterSocket}, and no root: sessions on old workers cannot be seen`)
  if (!sameFamily) spots.push(`a reload is under way, or ${seat.masterSocket} belongs to another HAProxy`)
  return spots
}
