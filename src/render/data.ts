import {
  poolsBehind,
  splitFile,
  splitMapFile,
  splitsOf,
  upstreamFile,
  type Configuration,
} from '../fleet/configurations.ts'
import { canonicalAddress } from '../fleet/address.ts'
import type { Fleet, HaproxySpec, HostSpec, KeepalivedSpec, Pool, Vars } from '../fleet/fleet.ts'
import { hostNamed } from '../fleet/selectors.ts'
import { mapsOf } from '../lib/split-rules.ts'
import type { SplitSpec } from '../fleet/splits.ts'
import { sha256 } from '../lib/digest.ts'
import { assertNever, type HostName } from '../lib/types.ts'

/**
 * What a template is given: the fleet as this daemon on this host sees it, with the names of zdt.yaml. docs/templates.md
 * says what each name means.
 */
export function templateData(fleet: Fleet, configuration: Configuration): object {
  const { daemon, host: name, groups } = configuration
  const [group] = groups
  const host = hostNamed(fleet, name)
  const common = {
    fleet: { name: fleet.name },
    host: hostData(host),
    group: { name: group.name, unit: group.unit, config: group.config },
    hosts: group.hosts.map((each) => hostData(hostNamed(fleet, each))),
    peers: peersOf(fleet, group.hosts, name),
    vars: { ...group.vars, ...host.vars },
  }
  switch (daemon) {
    case 'haproxy': {
      const [own] = configuration.groups
      const { socket, masterSocket } = own
      return {
        ...common,
        group: { ...common.group, socket, master_socket: masterSocket },
        vips: vipsOf(fleet, name),
        pools: poolsOf(fleet, daemon, group.name).map((pool) => ({
          ...pool,
          ...splitData(fleet, pool.name, (split) => haproxySplit(own, split)),
        })),
      }
    }
    case 'nginx': {
      const [own] = configuration.groups
      return {
        ...common,
        vips: vipsOf(fleet, name),
        pools: poolsBehind(fleet, own).map((pool) => ({
          ...poolData(pool),
          servers_file: upstreamFile(own, pool),
          ...splitData(fleet, pool.name, (split) => ({ file: splitFile(own, split) })),
        })),
        splits: splitsOf(fleet, daemon, own.name).map((split) => ({ name: split.name, file: splitFile(own, split) })),
        balancers: balancersOf(fleet, host),
      }
    }
    case 'keepalived':
      return {
        ...common,
        instances: configuration.groups.map((each) => instanceData(fleet, each, host)),
        serves: [...new Set([...runs(fleet.haproxy, name, 'haproxy'), ...runs(fleet.nginx, name, 'nginx')])],
      }
    default:
      return assertNever(daemon)
  }
}

function hostData({ name, address, otherAddresses = [], vars = {} }: HostSpec) {
  return { name, address, other_addresses: otherAddresses, vars }
}

function peersOf(fleet: Fleet, hosts: readonly HostName[], self: HostName) {
  return hosts.filter((each) => each !== self).map((each) => hostData(hostNamed(fleet, each)))
}

function vipsOf(fleet: Fleet, host: HostName) {
  return [...fleet.keepalived.values()]
    .filter(({ hosts }) => hosts.includes(host))
    .flatMap((group) => addressesOf(group).map((each) => ({ name: group.name, ...each })))
}

function addressesOf({ address, prefix, otherAddresses }: KeepalivedSpec) {
  return [{ address, prefix }, ...otherAddresses].map((each) => ({ ...each, ipv6: isIpv6(each.address) }))
}

function isIpv6(address: string): boolean {
  return address.includes(':')
}

function poolsOf(fleet: Fleet, kind: Pool['balancer']['kind'], group: string) {
  return [...fleet.pools.values()]
    .filter(({ balancer }) => balancer.kind === kind && balancer.name === group)
    .map(poolData)
}

/** A pool as templates see it. */
export function poolData({ name, backend, servers, minAvailable, vars }: Pool) {
  return { name, backend, servers, min_available: minAvailable, vars }
}

/** What decides between a pool and another: of its `a` the split, of its `b` the split's name. */
function splitData(fleet: Fleet, pool: string, more: (split: SplitSpec) => object) {
  const all = [...fleet.splits.values()]
  const [own, other] = [all.find(({ a }) => a === pool), all.find(({ b }) => b === pool)]
  return {
    split: own ? { name: own.name, b: fleet.pools.get(own.b)?.backend ?? own.b, ...more(own) } : null,
    split_of: other?.name ?? null,
  }
}

function haproxySplit(group: HaproxySpec, split: SplitSpec) {
  const { header, cookie, shareBy } = split
  return {
    header: header ?? null,
    cookie: cookie ?? null,
    share_by: { header: shareBy.header ?? null, cookie: shareBy.cookie ?? null },
    maps: Object.fromEntries(mapsOf(split).map((map) => [map, splitMapFile(group, split, map)])),
    // That two splits do not draw the same clients.
    seed: Number.parseInt(sha256(split.name).slice(0, 7), 16),
  }
}

/** The hosts of whose pools this host is a server: who speaks to it in the clients' name. */
function balancersOf(fleet: Fleet, { address, otherAddresses = [] }: HostSpec) {
  const own = new Set([address, ...otherAddresses].map(canonicalAddress))
  const groups = [...fleet.pools.values()]
    .filter(({ servers }) => servers.some((server) => own.has(canonicalAddress(server.address))))
    .map(({ balancer }) => fleet[balancer.kind].get(balancer.name))
  const names = new Set(groups.flatMap((group) => group?.hosts ?? []))
  return [...names].map((each) => hostData(hostNamed(fleet, each)))
}

/** Priorities lie this far apart. */
const apart = 10

function instanceData(fleet: Fleet, group: KeepalivedSpec, host: HostSpec) {
  const { name, hosts, routerId } = group
  const [first, ...others] = addressesOf(group)
  const vars: Vars = { ...group.vars, ...host.vars }
  return {
    name,
    ...(routerId !== undefined && { router_id: routerId }),
    // One advertisement has addresses of one family; those of the other move with it, unadvertised.
    addresses: [first, ...others.filter(({ ipv6 }) => ipv6 === first?.ipv6)],
    excluded: others.filter(({ ipv6 }) => ipv6 !== first?.ipv6),
    ipv6: first?.ipv6 ?? false,
    priority: 150 - apart * hosts.indexOf(host.name),
    // Whoever gives this much up is below all others.
    drop: apart * hosts.length,
    peers: peersOf(fleet, hosts, host.name),
    vars,
  }
}

function runs(groups: Fleet['haproxy'] | Fleet['nginx'], host: HostName, daemon: 'haproxy' | 'nginx'): string[] {
  return [...groups.values()].some(({ hosts }) => hosts.includes(host)) ? [daemon] : []
}
