import { canonicalAddress } from './address.ts'
import type { HostName } from '../lib/types.ts'
import { upstreamFile } from './configurations.ts'
import { AmbiguousServer, HostIsNoServer, NginxBalancerUnsupported, PoolIsNoServer, UnknownName } from './errors.ts'
import type { SplitSpec } from './splits.ts'
import type { Fleet, HostSpec, KeepalivedSpec, Pool, Seat, ServerSpec, UpstreamSeat } from './fleet.ts'

interface Membership {
  readonly pool: Pool
  readonly server: ServerSpec
}

/** Where a server sits, on balancers of both kinds. */
export interface Places {
  readonly seats: readonly Seat[]
  readonly upstreams: readonly UpstreamSeat[]
}

/** The pool of a backend of a group of HAProxys, if zdt.yaml has one. */
export function poolAt(fleet: Fleet, group: string, backend: string): Pool | undefined {
  return [...fleet.pools.values()].find(
    ({ balancer, backend: own }) => balancer.kind === 'haproxy' && balancer.name === group && own === backend,
  )
}

/**
 * Every place of a server, named `app2` or `shop/app2`, on every load balancer; the second form means that pool alone.
 * Throws UnknownName, and AmbiguousServer when the name is another machine in another pool.
 */
export function placesOf(fleet: Fleet, selector: string): Places {
  const slash = selector.indexOf('/')
  const found =
    slash === -1
      ? membershipsNamed(fleet, selector)
      : [membershipIn(poolNamed(fleet, selector.slice(0, slash)), selector.slice(slash + 1))]
  const machines = new Set(found.map(({ server }) => canonicalAddress(server.address)))
  if (machines.size > 1) {
    const candidates = found.map((member) => ({ selector: selectorOf(member), address: member.server.address }))
    throw new AmbiguousServer(selector, candidates)
  }
  return places(fleet, found)
}

/**
 * The seats that a *host* has as a server of HAProxy pools: where a server's address is one of the host's addresses.
 * Empty when nobody balances to it. Throws UnknownName and NginxBalancerUnsupported.
 */
export function poolsServing(fleet: Fleet, host: string): readonly Seat[] {
  const { seats, upstreams } = placesServing(fleet, host)
  if (upstreams.length === 0) return seats
  throw new NginxBalancerUnsupported(host, [...new Set(upstreams.map(({ pool, server }) => `${pool}/${server}`))])
}

/** The same, on balancers of both kinds. Throws UnknownName. */
export function placesServing(fleet: Fleet, host: string): Places {
  const { address, otherAddresses = [] } = hostNamed(fleet, host)
  const own = new Set([address, ...otherAddresses].map(canonicalAddress))
  return places(
    fleet,
    memberships(fleet).filter(({ server }) => own.has(canonicalAddress(server.address))),
  )
}

/** The host that a server of a pool runs on, by its addresses; undefined where it is none of the fleet's. */
export function hostOfServer(fleet: Fleet, { address }: ServerSpec): HostSpec | undefined {
  return [...fleet.hosts.values()].find(({ address: own, otherAddresses = [] }) =>
    [own, ...otherAddresses].some((one) => canonicalAddress(one) === canonicalAddress(address)),
  )
}

/** The host of that name. Throws UnknownName. */
export function hostNamed(fleet: Fleet, name: string): HostSpec {
  const host = fleet.hosts.get(name)
  if (host === undefined) throw new UnknownName('host', name, [...fleet.hosts.keys()])
  return host
}

/** The hosts of those names, each once; a name of one of these groups stands for all of its hosts. Throws UnknownName. */
export function hostsNamed(
  fleet: Fleet,
  names: readonly string[],
  groups: ReadonlyMap<string, { readonly hosts: readonly HostName[] }>,
): readonly HostName[] {
  const named = names.flatMap((name) => {
    const group = fleet.hosts.has(name) ? undefined : groups.get(name)
    return group ? group.hosts : [hostNamed(fleet, name).name]
  })
  return [...new Set(named)]
}

/** The pool of that name. Throws UnknownName. */
export function poolNamed(fleet: Fleet, name: string): Pool {
  const pool = fleet.pools.get(name)
  if (pool === undefined) throw new UnknownName('pool', name, [...fleet.pools.keys()])
  return pool
}

/** The split of that name. Throws UnknownName. */
export function splitNamed(fleet: Fleet, name: string): SplitSpec {
  const split = fleet.splits.get(name)
  if (split === undefined) throw new UnknownName('split', name, [...fleet.splits.keys()])
  return split
}

/** The VIP of that name, or of that address. Throws UnknownName. */
export function vipNamed(fleet: Fleet, name: string): KeepalivedSpec {
  const vips = [...fleet.keepalived.values()]
  const vip = vips.find((one) => one.name === name || canonicalAddress(one.address) === canonicalAddress(name))
  if (vip === undefined) throw new UnknownName('VIP', name, [...fleet.keepalived.keys()])
  return vip
}

/** The VIPs that a host may hold. */
export function vipsOf(fleet: Fleet, host: HostName): KeepalivedSpec[] {
  return [...fleet.keepalived.values()].filter(({ hosts }) => hosts.includes(host))
}

function memberships(fleet: Fleet): Membership[] {
  return [...fleet.pools.values()].flatMap((pool) => pool.servers.map((server) => ({ pool, server })))
}

function membershipsNamed(fleet: Fleet, name: string): Membership[] {
  const all = memberships(fleet)
  const found = all.filter(({ server }) => server.name === name)
  if (found.length > 0) return found
  const names = all.map(({ server }) => server.name)
  if (fleet.hosts.has(name)) throw new HostIsNoServer(name, whatIs(fleet, name), names)
  const pool = fleet.pools.get(name)
  if (pool)
    throw new PoolIsNoServer(
      name,
      pool.servers.map((server) => server.name),
    )
  throw new UnknownName('server', name, names)
}

/** What zdt.yaml has a host for, as far as that says why it is no server. */
function whatIs({ haproxy, nginx }: Fleet, name: string): string | undefined {
  const isIn = (groups: Fleet['haproxy'] | Fleet['nginx']) =>
    [...groups.values()].some(({ hosts }) => hosts.some((host) => host === name))
  if (isIn(haproxy)) return 'a load balancer'
  return isIn(nginx) ? 'an nginx host' : undefined
}

function membershipIn(pool: Pool, name: string): Membership {
  const server = pool.servers.find((candidate) => candidate.name === name)
  if (server !== undefined) return { pool, server }
  const names = pool.servers.map((candidate) => candidate.name)
  throw new UnknownName('server', name, names, `pool ${pool.name}`)
}

function selectorOf({ pool, server }: Membership): string {
  return `${pool.name}/${server.name}`
}

function places(fleet: Fleet, found: readonly Membership[]): Places {
  const behind = (kind: Pool['balancer']['kind']) => found.filter(({ pool }) => pool.balancer.kind === kind)
  return {
    seats: behind('haproxy').flatMap((member) => seatsIn(fleet, member)),
    upstreams: behind('nginx').flatMap(({ pool, server }) => upstreamSeatsIn(fleet, pool, [server])),
  }
}

/** The places of a pool's servers, all or some, on every nginx that balances it. */
export function upstreamSeatsIn(fleet: Fleet, pool: Pool, servers: readonly ServerSpec[] = pool.servers) {
  const group = fleet.nginx.get(pool.balancer.name)
  if (group === undefined) throw new TypeError(`checked before, yet there is no nginx/${pool.balancer.name}`)
  return group.hosts.flatMap((host) =>
    servers.map(({ name, address, port }): UpstreamSeat => ({
      host,
      pool: pool.name,
      upstream: pool.backend,
      file: upstreamFile(group, pool),
      server: name,
      address,
      port,
    })),
  )
}

function seatsIn(fleet: Fleet, { pool, server }: Membership): Seat[] {
  const group = fleet.haproxy.get(pool.balancer.name)
  if (group === undefined) throw new TypeError(`checked before, yet there is no haproxy/${pool.balancer.name}`)
  return group.hosts.map((host) => ({
    host,
    socket: group.socket,
    masterSocket: group.masterSocket,
    pool: pool.name,
    backend: pool.backend,
    server: server.name,
    address: server.address,
    port: server.port,
  }))
}
