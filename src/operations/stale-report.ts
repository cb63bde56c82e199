import type { Told } from '../engine/events.ts'
import type { HostName } from '../lib/types.ts'

/** One daemon on one host. */
export interface StaleDaemon {
  readonly daemon: 'haproxy' | 'nginx' | 'keepalived'
  readonly unit: string
  /** How many there are; none when it does not run. */
  readonly processes: number
  /** How many of them run code that is no longer on disk. */
  readonly stale: number
  /** The main process is none of those: they are what a reload has left, and end with their connections. */
  readonly leaving: boolean
  /** What was replaced or removed, and whose it is now. */
  readonly gone: readonly { readonly path: string; readonly package?: string; readonly installed?: string }[]
}

export interface StaleHost {
  readonly host: HostName
  readonly daemons: readonly StaleDaemon[]
  /** Updates of what these daemons execute, by the lists that apt has. */
  readonly waiting: readonly { readonly package: string; readonly installed: string; readonly candidate: string }[]
  /** When apt read those lists, in ms since 1970. */
  readonly listsAt?: number
  /** Why nothing is known. */
  readonly error?: Told
}

export interface StaleReport {
  readonly fleet: string
  readonly hosts: readonly StaleHost[]
}
