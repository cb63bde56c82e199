import { servers, type Servers } from '../daemons/haproxy/servers.ts'
import { whereHeld } from '../daemons/keepalived/vip.ts'
import { asZdtError, told } from '../engine/told.ts'
import type { Fleet, KeepalivedSpec, Pool } from '../fleet/fleet.ts'
import { UnknownName } from '../fleet/errors.ts'
import type { Hosts } from '../hosts/host.ts'
import type { HostName } from '../lib/types.ts'
import { upstreamSeatsIn } from '../fleet/selectors.ts'
import { daemonsOn } from './daemon-status.ts'
import { rowsOf, withLeases } from './all-runs.ts'
import { hostsWithJournals } from './find-run.ts'
import { halfDoneIn } from './half-done.ts'
import { knownJournals } from './journals.ts'
import { PastRuns } from './past-runs.ts'
import { seatRow } from './seat-row.ts'
import { lookAtUpstreams } from './upstreams/look.ts'
import type { CellStatus, HostStatus, PoolStatus, StatusReport, VipStatus } from './status-report.ts'

/** What is true of the fleet now; of these hosts, pools and servers alone where some are named. A host that is down is part of it. */
export async function status(fleet: Fleet, hosts: Hosts, only: readonly string[]): Promise<StatusReport> {
  const servers = [...fleet.pools.values()].flatMap((pool) => pool.servers.map(({ name }) => name))
  const known = [...new Set([...fleet.hosts.keys(), ...fleet.pools.keys(), ...servers])]
  for (const name of only) if (!known.includes(name)) throw new UnknownName('host, pool or server', name, known)
  const asked = (name: string) => only.length === 0 || only.includes(name)
  const names = [...fleet.hosts.values()].map(({ name }) => name).filter(asked)
  const journals = knownJournals({ hosts, names: hostsWithJournals(fleet), within: 7 * 86_400_000 })
  const past = journals.then((known) => PastRuns.of(known.journals))
  const [vips, hostRows, pools, runs] = await Promise.all([
    Promise.all(
      [...fleet.keepalived.values()].filter((vip) => vip.hosts.some(asked)).map((vip) => vipStatus(hosts, vip)),
    ),
    Promise.all(names.map((name) => hostStatus(fleet, hosts, name))),
    Promise.all(
      [...fleet.pools.values()]
        .flatMap((pool) => askedOf(pool, asked))
        .map((pool) => poolStatus(fleet, hosts, pool, past)),
    ),
    journals.then(async (known) => {
      const rows = await withLeases(fleet, hosts, await rowsOf(known.journals))
      return halfDoneIn(rows, known.journals, fleet)
    }),
  ])
  const shown = pools.filter((pool) => pool !== undefined)
  const seen = new Set<string>([...names, ...shown.flatMap(({ rows }) => rows.map(({ host }) => host))])
  const halfDone = runs
    .filter((one) => one.hosts.some((host) => seen.has(host)))
    .map(({ run, title, isRunning, asks, next }) => ({
      run,
      title,
      isRunning,
      ...(asks !== undefined && { asks }),
      next,
    }))
  return { fleet: fleet.name, vips, hosts: hostRows, pools: shown, runs: halfDone }
}

/** A pool, whole or with the servers alone that are asked for; none of it where it is not. */
function askedOf(pool: Pool, asked: (name: string) => boolean): Pool[] {
  if (asked(pool.name)) return [pool]
  const servers = pool.servers.filter(({ name }) => asked(name))
  return servers.length > 0 ? [{ ...pool, servers }] : []
}

async function hostStatus(fleet: Fleet, hosts: Hosts, name: HostName): Promise<HostStatus> {
  try {
    return { host: name, daemons: await daemonsOn(fleet, await hosts.on(name)) }
  } catch (thrown) {
    return { host: name, daemons: [], error: told(asZdtError(thrown, name)) }
  }
}

async function vipStatus(hosts: Hosts, { name, address, hosts: members }: KeepalivedSpec): Promise<VipStatus> {
  const held = await Promise.all(
    // A node that cannot be asked is told of among the hosts; it may hold the VIP all the same.
    members.map((member) =>
      hosts
        .on(member)
        .then((host) => whereHeld(host, address))
        .catch(() => null),
    ),
  )
  return { name, address, hosts: members, holders: members.filter((_, index) => held[index] !== null) }
}

async function poolStatus(
  fleet: Fleet,
  hosts: Hosts,
  pool: Pool,
  past: Promise<PastRuns>,
): Promise<PoolStatus | undefined> {
  if (pool.balancer.kind === 'nginx') return await upstreamStatus(fleet, hosts, pool)
  const group = fleet.haproxy.get(pool.balancer.name)
  if (!group) return undefined
  const rows = await Promise.all(
    group.hosts.map(async (name) => {
      try {
        const host = await hosts.on(name)
        const seen = await servers(host, group.socket, { backend: pool.backend })
        return { host: name, cells: withOutBy(cellsOf(pool, seen), { host: name, pool, past: await past }) }
      } catch (thrown) {
        return { host: name, cells: [], error: told(asZdtError(thrown, name)) }
      }
    }),
  )
  return { pool: pool.name, servers: pool.servers.map(({ name }) => name), rows: marked(rows) }
}

/** The same behind nginx: by its files, the kernel and the servers' own answers. */
async function upstreamStatus(fleet: Fleet, hosts: Hosts, pool: Pool): Promise<PoolStatus> {
  const seats = upstreamSeatsIn(fleet, pool)
  const names = [...new Set(seats.map(({ host }) => host))]
  const rows = await Promise.all(
    names.map(async (name) => {
      try {
        const own = seats.filter(({ host }) => host === name)
        const [seen] = await lookAtUpstreams(fleet, hosts, own)
        return { host: name, cells: (seen?.rows ?? []).map((row): CellStatus => ({ ...row, differs: false })) }
      } catch (thrown) {
        return { host: name, cells: [], error: told(asZdtError(thrown, name)) }
      }
    }),
  )
  return { pool: pool.name, servers: pool.servers.map(({ name }) => name), rows: marked(rows) }
}

function cellsOf(pool: Pool, seen: Servers): CellStatus[] {
  return pool.servers.map(({ name }) => {
    const view = seen.servers.find(({ server }) => server === name)
    if (!view)
      return {
        server: name,
        state: 'unknown',
        weight: 0,
        sessions: 0,
        queued: 0,
        check: 'not in this backend',
        differs: false,
      }
    const { server, state, weight, sessions, queued, check } = seatRow('', view)
    return { server, state, weight, sessions, queued, check, differs: false }
  })
}

/** Names the run that took a server out. */
function withOutBy(
  cells: readonly CellStatus[],
  { host, pool, past }: { readonly host: HostName; readonly pool: Pool; readonly past: PastRuns },
): CellStatus[] {
  return cells.map((cell) => {
    const isOut = cell.state === 'drain' || cell.state === 'maint'
    const outBy = isOut ? past.takenOut({ host, backend: pool.backend, server: cell.server }, cell.state) : undefined
    return outBy === undefined ? cell : { ...cell, outBy }
  })
}

/** Marks every server of which the load balancers do not say the same state and weight. */
function marked<Row extends { readonly cells: readonly CellStatus[] }>(rows: readonly Row[]): Row[] {
  const said = new Map<string, Set<string>>()
  for (const { server, state, weight } of rows.flatMap(({ cells }) => cells)) {
    said.set(server, (said.get(server) ?? new Set()).add(`${state} ${weight}`))
  }
  return rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell) => ({ ...cell, differs: (said.get(cell.server)?.size ?? 0) > 1 })),
  }))
}
