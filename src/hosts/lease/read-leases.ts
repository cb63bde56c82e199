import type { Host } from '../host.ts'
import { askLeases, type AskOptions } from './ask.ts'
import { parseLeases, type Lease } from './lease.ts'
import type { Scope } from './scope.ts'

/** All leases that a host has, also those that have ended by themselves. Any user may read them. */
export async function readLeases(host: Host, options?: AskOptions): Promise<Lease[]> {
  return parseLeases(host.name, await askLeases(host, ['read'], options))
}

/** Removes leases, whoever holds them: all of a host where none is named. Returns what was there. */
export async function breakLeases(host: Host, scopes: readonly Scope[] = [], options?: AskOptions): Promise<Lease[]> {
  return parseLeases(host.name, await askLeases(host, ['break', ...scopes], options))
}
