/** What the last check found (`srv_check_result`). `unknown` also while a check is on its way on 3.0. */
export type CheckResult = 'unknown' | 'neutral' | 'failed' | 'passed' | 'conditional'

/**
 * A server's health check. In maintenance checks are paused and HAProxy shows neither status, rise nor fall; after
 * maintenance `status` still is that of the last check *before* it, so read `health`, not `status` (2.6, 3.0).
 */
export type CheckView = {
  /** `L7OK`, `L4CON`, `L7STS`…; '' when none ran or in maintenance. */
  readonly status: string
  readonly inProgress: boolean
  readonly paused: boolean
  readonly result: CheckResult
  /** The status code of the answer, when there is one. */
  readonly code?: number
  /** `Layer7 check passed`, and what the server said when it did not. */
  readonly description: string
  readonly durationMs?: number
  /** 0 … rise+fall−1; from `rise` on the server is up; full after one pass of a server that is up. */
  readonly health: number
  readonly rise?: number
  readonly fall?: number
}

/** An agent check: it can undo what the operator sets within one interval. */
export type AgentView = { readonly enabled: boolean; readonly status: string }

/** A server of one backend, as one load balancer sees it now. Data: it may be journaled. */
export type ServerView = {
  readonly backend: string
  readonly server: string
  /** What was set, by FMAINT and FDRAIN alone: what an undo puts back. An agent's drain or maint is the same bit. */
  readonly admin: 'ready' | 'drain' | 'maint'
  /** Every bit, the operator's too: `maint`, `drain`, `inherited maint`, `inherited drain`, `resolution maint`, `configured disabled`. */
  readonly adminFlags: readonly string[]
  readonly op: 'running' | 'stopped' | 'starting' | 'stopping'
  /** HAProxy's own word: `UP`, `UP 1/3`, `DRAIN`, `MAINT (via b/s)`, `no check`… */
  readonly status: string
  /** The weight in force, and the configured one. */
  readonly weight: number
  readonly initialWeight: number
  /** Streams now (`scur`) and those queued for this very server (`qcur`), of this worker alone. */
  readonly sessions: number
  readonly queued: number
  /** Streams since the start (`stot`): unchanged between two looks means that no request began. */
  readonly total: number
  /** Seconds since the last request was sent there, keep-alive and persistence included; undefined: never. */
  readonly lastUsedSeconds?: number
  /** Connections in use: 0 in TCP mode and with `http-reuse never` (TRAPS), so never proof of a drain. */
  readonly usedConns: number
  readonly idleConns: number
  /** null: no health check of its own (see `tracks`). */
  readonly check: CheckView | null
  readonly agent: AgentView | null
  /** Seconds since it went up or down; 2.6 also counts from a change by the operator, 3.0 does not. */
  readonly lastChangeSeconds: number
  readonly address: string
  readonly port: number
  /** The cookie that sticks to this server; known from level operator on. */
  readonly cookie?: string
  readonly backup: boolean
  /** The server whose state it follows. */
  readonly tracks?: string
  /** The sessions it takes at once (`maxconn`); undefined: as many as come. */
  readonly limit?: number
}

/** A backend, as one load balancer sees it now. */
export type BackendView = {
  readonly backend: string
  readonly mode?: string
  /** `roundrobin`, `source`…; known from level operator on. */
  readonly algorithm?: string
  /** Which weights may be set while it runs. A hash depends on `hash-type`, which HAProxy does not tell. */
  readonly weights: 'any' | 'all or nothing' | 'unknown'
  /** The cookie's name: its clients come back to a drained server. Stick rules cannot be seen from outside. */
  readonly cookie?: string
  /** Sessions that wait for any server. */
  readonly queued: number
  readonly status: string
}
