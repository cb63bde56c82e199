import { sameAddress } from '../daemons/linux/ip.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { SeenSeat } from './look-at-seats.ts'

/**
 * What of HAProxy sends to the same servers and is in no pool of zdt.yaml, one sentence for each server: nobody drains it
 * there, and it goes on sending to them.
 */
export function besidePools(fleet: Fleet, seen: readonly SeenSeat[]): string[] {
  const pools = new Set([...fleet.pools.values()].map(({ backend }) => backend))
  const found = new Map<string, { readonly backends: Set<string>; readonly hosts: Set<string> }>()
  for (const { seat, all } of seen) {
    const same = all.servers.filter(
      ({ backend, address, port, admin, weight }) =>
        !pools.has(backend) &&
        sameAddress(address, seat.address) &&
        port === seat.port &&
        admin === 'ready' &&
        weight > 0,
    )
    for (const { backend } of same) {
      const key = `${seat.address}:${seat.port}`
      const one = found.get(key) ?? { backends: new Set(), hosts: new Set() }
      found.set(key, { backends: one.backends.add(backend), hosts: one.hosts.add(seat.host) })
    }
  }
  return [...found].map(
    ([endpoint, { backends, hosts }]) =>
      `${[...backends].join(', ')} on ${[...hosts].join(', ')} ${backends.size === 1 ? 'sends' : 'send'} to ${endpoint} too, in no pool of zdt.yaml: that goes on`,
  )
}
