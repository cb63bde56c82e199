import type { Host } from '../host.ts'
import { askLeases, type AskOptions } from './ask.ts'
import { parseLeases, type Lease } from './lease.ts'

/** All leases that a host has, also those that have ended by themselves. Any user may read them. */
export async function readLeases(host: Host, options?: AskOptions): Promise<Lease[]> {
  return parseLeases(host.name, await askLeases(host, ['read'], options))
}

/** Removes these leases, whoever holds them; one that has passed on to another run since they were read stays. Returns what was removed. */
export async function breakLeases(host: Host, leases: readonly Lease[], options?: AskOptions): Promise<Lease[]> {
  // Of one that nobody can read, its scope must do.
  const shown = leases.map(({ scope, token = '' }) => `${scope}=${token} `).join('')
  return parseLeases(host.name, await askLeases(host, ['break', ` ${shown}`], options))
}
