import { FleetNotFound } from '../fleet/errors.ts'
import { findFleetFile } from '../fleet/find.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { loadFleet } from '../fleet/load.ts'
import type { Hosts } from '../hosts/host.ts'
import { openHosts } from '../hosts/open-hosts.ts'

/** Reads the fleet, lends its hosts to `use`, and closes every connection afterwards, whatever happened. */
export async function withWorld<T>(
  flag: string | undefined,
  use: (fleet: Fleet, hosts: Hosts) => Promise<T>,
): Promise<T> {
  const fleet = await loadFleet(await findFleetFile(flag))
  const hosts = openHosts(fleet)
  try {
    return await use(fleet, hosts)
  } finally {
    await hosts.closeAll()
  }
}

/** The same, but without a fleet where there is no file and none was asked for: then there is nobody else to ask. */
export async function withWorldIfAny<T>(
  flag: string | undefined,
  use: (fleet?: Fleet, hosts?: Hosts) => Promise<T>,
): Promise<T> {
  return await withWorld(flag, use).catch((error: unknown) => {
    if (error instanceof FleetNotFound && flag === undefined) return use()
    throw error
  })
}
