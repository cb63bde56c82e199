import { readdirSync } from 'node:fs'
import { loadFleet } from '../../../src/fleet/load.ts'
import type { Daemon, Rendered } from '../../../src/lib/rendered.ts'
import { renderFleet } from '../../../src/operations/rendered.ts'

const fleets = new URL('fleets/', import.meta.url)

/** The versions that templates are written for: those of Debian 12 and 13, and an nginx with keepalive_min_timeout. */
export const versions: Readonly<Record<Daemon, readonly string[]>> = {
  haproxy: ['2.6.12', '3.0.11'],
  nginx: ['1.22.1', '1.26.3', '1.29.1'],
  keepalived: ['2.2.7', '2.3.3'],
}

/** What the example fleets are called. */
export const fleetNames = readdirSync(fleets).map((file) => file.replace(/\.yaml$/, ''))

/** One daemon's configurations in an example fleet, for one of its versions. */
export async function exampleOf(fleet: string, daemon: Daemon, version: string): Promise<Rendered[]> {
  const read = await loadFleet(new URL(`${fleet}.yaml`, fleets).pathname)
  return await renderFleet(read, [daemon], { versionOf: () => Promise.resolve(version), env: { STATS: 's3cret' } })
}
