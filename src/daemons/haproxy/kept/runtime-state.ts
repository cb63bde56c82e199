import type { Host } from '../../../hosts/host.ts'
import type { AdminState, Place } from '../commands.ts'
import type { AskOptions } from '../conversation.ts'
import { ask } from '../runtime.ts'
import { adminFlagsOf, parseServers, showServers } from '../servers.ts'
import { numberOf, parseTable, type Row, textOf } from '../tables.ts'

/** What one worker holds of one server that an operator can have set. Data: it is journaled. */
export type KeptServer = Place & {
  /** By FMAINT and FDRAIN; that of a server it tracks is not its own. */
  readonly admin: AdminState
  /** The configuration that the worker runs says `disabled`; it stays when the operator has set the server ready. */
  readonly disabled: boolean
  readonly op: 'running' | 'stopped' | 'starting' | 'stopping'
  readonly weight: number
  /** The one of the configuration that the worker runs. */
  readonly initialWeight: number
  readonly address: string
  readonly port: number
  readonly ssl: boolean
  readonly check: 'none' | 'on' | 'off'
  readonly agent: 'none' | 'on' | 'off'
  /** The name it is looked up by: then its address is nobody's setting. */
  readonly fqdn?: string
  readonly rise?: number
  readonly fall?: number
  readonly maxconn?: number
  readonly cookie?: string
  readonly backup: boolean
  readonly tracks?: string
  /** Its row of `show servers state`, which is also what a state file holds. */
  readonly cells: readonly string[]
}

/** What operators set at run time on one load balancer, at one moment. Data: it is journaled. */
export type RuntimeState = {
  /** The names of the columns of `cells`. */
  readonly columns: readonly string[]
  readonly servers: readonly KeptServer[]
}

/** The bits of `srv_check_state` and `srv_agent_state`: 2 configured, 4 enabled. */
function switchOf(row: Row, column: string): KeptServer['check'] {
  const bits = numberOf(row, column) ?? 0
  if ((bits & 2) === 0) return 'none'
  return (bits & 4) === 0 ? 'off' : 'on'
}

/** Reads the answers to `showServers()`. */
export function parseRuntimeState(answers: readonly string[]): RuntimeState {
  const rows = parseTable(answers[0] ?? '')
  const { servers } = parseServers(answers)
  return {
    columns: [...(rows[0]?.keys() ?? [])],
    servers: rows.flatMap((row, index) => {
      const view = servers[index]
      if (view === undefined) return []
      const { backend, server, admin, op, weight, initialWeight, address, port, check, cookie, backup, tracks } = view
      return {
        backend,
        server,
        admin,
        op,
        weight,
        initialWeight,
        address,
        port,
        cookie,
        backup,
        tracks,
        disabled: adminFlagsOf(numberOf(row, 'srv_admin_state') ?? 0).includes('configured disabled'),
        ssl: numberOf(row, 'srv_use_ssl') === 1,
        check: switchOf(row, 'srv_check_state'),
        agent: switchOf(row, 'srv_agent_state'),
        fqdn: textOf(row, 'srv_fqdn'),
        rise: check?.rise,
        fall: check?.fall,
        maxconn: view.limit,
        cells: [...row.values()],
      }
    }),
  }
}

/**
 * Asks one load balancer what operators have set on all its servers: one round trip, level user is enough (cookies are
 * told from level operator on). Throws what `ask` throws. Out of its reach, and lost by a reload: the entries of maps
 * and ACLs, certificates that differ from their files, limits (`set maxconn`, `set rate-limit`), paused frontends.
 */
export async function runtimeState(host: Host, socket: string, options?: AskOptions): Promise<RuntimeState> {
  return parseRuntimeState(await ask(host, socket, showServers(), options))
}
