import type { HalfDone } from './half-done.ts'
import type { Told } from '../engine/events.ts'
import type { HostName } from '../lib/types.ts'

/** A VIP, and who holds it: more than one holder is a split brain, none an outage. */
export type VipStatus = {
  readonly name: string
  readonly address: string
  readonly holders: readonly HostName[]
  /** All hosts that may hold it. */
  readonly hosts: readonly HostName[]
}

/** A daemon as its host shows it. */
export type DaemonStatus = {
  readonly name: 'haproxy' | 'nginx' | 'keepalived'
  readonly version: string
  readonly pid: number
  readonly upSeconds?: number
  /** `4 workers`, `1 old worker (3 sessions, 26 m)`, `runs a deleted libssl.so.3 (zdt refresh web2)`, `master`. */
  readonly notes: readonly string[]
}

/** A host, or why it could not be asked. */
export type HostStatus = {
  readonly host: HostName
  readonly error?: Told
  readonly daemons: readonly DaemonStatus[]
}

/** A server as one load balancer sees it. */
export type CellStatus = {
  readonly server: string
  readonly state: string
  readonly weight: number
  readonly sessions: number
  readonly queued: number
  readonly check: string
  /** Who took it out, where a journal of this machine tells: `since 14:02, by run 5F1A, oncall@ops2`. */
  readonly outBy?: string
  /** The load balancers of the pool do not agree on it. */
  readonly differs: boolean
}

/** A pool: one row a load balancer, one cell a server. */
export type PoolStatus = {
  readonly pool: string
  readonly servers: readonly string[]
  readonly rows: readonly {
    readonly host: HostName
    readonly error?: Told
    readonly cells: readonly CellStatus[]
  }[]
}

/** A run that is under way on the hosts shown, or was left half done there. */
export type RunStatus = Pick<HalfDone, 'run' | 'title' | 'isRunning' | 'asks' | 'next'>

/** What is true of a fleet now: what `zdt status` shows, and its `--json`. */
export type StatusReport = {
  readonly fleet: string
  readonly vips: readonly VipStatus[]
  readonly hosts: readonly HostStatus[]
  readonly pools: readonly PoolStatus[]
  readonly runs: readonly RunStatus[]
}
