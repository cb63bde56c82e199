import { posix } from 'node:path'
import type { HostName } from '../lib/types.ts'
import { UnknownName } from './errors.ts'
import type { Fleet, HaproxySpec, KeepalivedSpec, NginxSpec, Pool } from './fleet.ts'
import type { SplitSpec } from './splits.ts'

/** One daemon's configuration on one host, and the groups of zdt.yaml that it is made from. */
export type Configuration = { readonly host: HostName } & (
  | { readonly daemon: 'haproxy'; readonly groups: readonly [HaproxySpec] }
  | { readonly daemon: 'nginx'; readonly groups: readonly [NginxSpec] }
  // One Keepalived has all VIPs of its host, each a group of its own.
  | { readonly daemon: 'keepalived'; readonly groups: readonly [KeepalivedSpec, ...KeepalivedSpec[]] }
)

/**
 * The configurations that are selected: by hosts, and by services (`haproxy`, `haproxy/edge`); where both are named those
 * that are both, where none is all. In the order of zdt.yaml. Throws UnknownName.
 */
export function configurationsOf(fleet: Fleet, names: readonly string[] = []): Configuration[] {
  const all = allConfigurations(fleet)
  const services = [...new Set(all.flatMap(servicesOf))]
  const known = [...fleet.hosts.keys(), ...services]
  for (const name of names) if (!known.includes(name)) throw new UnknownName('host or service', name, known)
  const hosts = names.filter((name) => fleet.hosts.has(name))
  const wanted = names.filter((name) => !fleet.hosts.has(name))
  return all.filter(
    (each) =>
      (hosts.length === 0 || hosts.includes(each.host)) &&
      (wanted.length === 0 || servicesOf(each).some((service) => wanted.includes(service))),
  )
}

/** The file on an nginx host that lists the servers of a pool. */
export function upstreamFile({ upstreams }: NginxSpec, { backend }: Pool): string {
  return `${upstreams}/${backend}.conf`
}

/** The splits between pools of a group. */
export function splitsOf(fleet: Fleet, kind: Pool['balancer']['kind'], group: string): SplitSpec[] {
  return [...fleet.splits.values()].filter(({ a }) => {
    const balancer = fleet.pools.get(a)?.balancer
    return balancer?.kind === kind && balancer.name === group
  })
}

/** The file of one map of a split on an HAProxy host, beside its main one: `/etc/haproxy/splits/shop.header.map`. */
export function splitMapFile(
  { config }: Pick<HaproxySpec, 'config'>,
  { name }: Pick<SplitSpec, 'name'>,
  map: string,
): string {
  return `${posix.dirname(config)}/splits/${name}.${map}.map`
}

/** The file of a split on an nginx host, beside its main one: `/etc/nginx/splits/shop.conf`. */
export function splitFile({ config }: Pick<NginxSpec, 'config'>, { name }: Pick<SplitSpec, 'name'>): string {
  return `${posix.dirname(config)}/splits/${name}.conf`
}

/** The pools that an nginx group balances. */
export function poolsBehind(fleet: Fleet, { name }: NginxSpec): Pool[] {
  return [...fleet.pools.values()].filter(({ balancer }) => balancer.kind === 'nginx' && balancer.name === name)
}

function servicesOf({ daemon, groups }: Configuration): string[] {
  return [daemon, ...groups.map(({ name }) => `${daemon}/${name}`)]
}

function allConfigurations(fleet: Fleet): Configuration[] {
  return [
    ...each(fleet.haproxy, (host, group): Configuration => ({ daemon: 'haproxy', host, groups: [group] })),
    ...each(fleet.nginx, (host, group): Configuration => ({ daemon: 'nginx', host, groups: [group] })),
    ...keepalived(fleet),
  ]
}

function each<Spec extends { readonly hosts: readonly HostName[] }>(
  groups: ReadonlyMap<string, Spec>,
  make: (host: HostName, group: Spec) => Configuration,
): Configuration[] {
  return [...groups.values()].flatMap((group) => group.hosts.map((host) => make(host, group)))
}

function keepalived(fleet: Fleet): Configuration[] {
  const found = new Map<string, { host: HostName; groups: [KeepalivedSpec, ...KeepalivedSpec[]] }>()
  for (const group of fleet.keepalived.values()) {
    for (const host of group.hosts) {
      const place = `${host} ${group.config}`
      const before = found.get(place)
      if (before) before.groups.push(group)
      else found.set(place, { host, groups: [group] })
    }
  }
  return [...found.values()].map((one) => ({ daemon: 'keepalived', ...one }))
}
