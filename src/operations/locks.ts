import { asZdtError, told } from '../engine/told.ts'
import type { Told } from '../engine/events.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Lease } from '../hosts/lease/lease.ts'
import { readLeases } from '../hosts/lease/read-leases.ts'
import type { Hosts } from '../hosts/host.ts'
import type { HostName } from '../lib/types.ts'
import { hostsWithJournals } from './find-run.ts'

/** Who holds what on one host, or why it cannot be told. */
export type HostLocks = { readonly host: HostName; readonly leases: readonly Lease[]; readonly error?: Told }

/** The leases on every host of the fleet that zdt changes; those that have ended are left out. */
export async function locks(fleet: Fleet, hosts: Hosts): Promise<HostLocks[]> {
  return Promise.all(
    hostsWithJournals(fleet).map(async (name) => {
      try {
        const leases = await readLeases(await hosts.on(name))
        return { host: name, leases: leases.filter(({ state }) => state === 'held' || state === 'busy') }
      } catch (thrown) {
        return { host: name, leases: [], error: told(asZdtError(thrown, name)) }
      }
    }),
  )
}
