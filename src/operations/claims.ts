import type { Fleet, Seat } from '../fleet/fleet.ts'
import { poolsServing } from '../fleet/selectors.ts'
import { poolScope, vipScope, type Scope } from '../hosts/lease/scope.ts'
import type { Wanted } from '../hosts/lease/take-leases.ts'
import type { HostName } from '../lib/types.ts'

/**
 * What a run needs for itself: every host it changes, the capacity of every pool whose seats it moves, and, where a host
 * itself is taken out, the VIPs that it is a member of: on all members, so that the next one cannot go meanwhile.
 */
export function claimsOf(
  fleet: Fleet,
  seats: readonly Pick<Seat, 'host' | 'pool'>[],
  hosts: readonly HostName[] = [],
): Wanted[] {
  const scopes = new Map<HostName, Set<Scope>>()
  const claim = (host: HostName, scope: Scope) => scopes.set(host, (scopes.get(host) ?? new Set()).add(scope))
  for (const { host, pool } of seats) {
    claim(host, 'host')
    claim(host, poolScope(pool))
  }
  for (const host of hosts) {
    claim(host, 'host')
    const vips = [...fleet.keepalived.values()].filter((vip) => vip.hosts.includes(host))
    for (const { name, hosts: members } of vips) for (const member of members) claim(member, vipScope(name))
  }
  return [...scopes].map(([host, wanted]) => ({ host, scopes: [...wanted] }))
}

/** The same, where hosts are changed and some of them, all where none is said, are drained from every pool first. Throws what poolsServing throws. */
export function claimsDrained(
  fleet: Fleet,
  hosts: readonly HostName[],
  drained: readonly HostName[] = hosts,
): Wanted[] {
  return claimsOf(
    fleet,
    drained.flatMap((name) => poolsServing(fleet, name)),
    hosts,
  )
}
