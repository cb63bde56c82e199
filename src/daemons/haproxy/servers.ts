import type { Host } from '../../hosts/host.ts'
import { backendOf } from './backends.ts'
import { checkOf } from './checks.ts'
import { showServersConn, showServersState, showStat } from './commands.ts'
import type { AskOptions } from './conversation.ts'
import { ask } from './runtime.ts'
import type { AgentView, BackendView, ServerView } from './server-view.ts'
import { type Row, numberOf, parseCsv, parseTable, textOf } from './tables.ts'

/** What one load balancer knows of all its servers, at one moment. */
export interface Servers {
  readonly servers: readonly ServerView[]
  readonly backends: readonly BackendView[]
}

const ops = ['stopped', 'starting', 'running', 'stopping'] as const

/** The bits of `srv_admin_state` (management guide §9.3, "show servers state"). */
const adminBits = [
  [0x01, 'maint'],
  [0x02, 'inherited maint'],
  // Only a note that the configuration says `disabled`: it stays when the operator has set the server ready (2.6, 3.0).
  [0x04, 'configured disabled'],
  [0x08, 'drain'],
  [0x10, 'inherited drain'],
  [0x20, 'resolution maint'],
] as const

/** Names the bits of `srv_admin_state`. */
export function adminFlagsOf(state: number): string[] {
  return adminBits.filter(([bit]) => (state & bit) !== 0).map(([, name]) => name)
}

function adminOf(flags: readonly string[]): ServerView['admin'] {
  if (flags.includes('maint')) return 'maint'
  return flags.includes('drain') ? 'drain' : 'ready'
}

/** `srv_agent_state` has the bits of a check: 2 configured, 4 enabled. */
function agentOf(state: Row, stat: Row | undefined): AgentView | null {
  const bits = numberOf(state, 'srv_agent_state') ?? 0
  return (bits & 2) === 0 ? null : { enabled: (bits & 4) !== 0, status: textOf(stat, 'agent_status') ?? '' }
}

function viewOf(state: Row, stat: Row | undefined, conn: Row | undefined): ServerView {
  const adminFlags = adminFlagsOf(numberOf(state, 'srv_admin_state') ?? 0)
  const used = numberOf(stat, 'lastsess')
  return {
    backend: state.get('be_name') ?? '',
    server: state.get('srv_name') ?? '',
    admin: adminOf(adminFlags),
    adminFlags,
    op: ops[numberOf(state, 'srv_op_state') ?? 0] ?? 'stopped',
    status: stat?.get('status') ?? '',
    weight: numberOf(state, 'srv_uweight') ?? 0,
    initialWeight: numberOf(state, 'srv_iweight') ?? 0,
    sessions: numberOf(stat, 'scur') ?? 0,
    queued: numberOf(stat, 'qcur') ?? 0,
    total: numberOf(stat, 'stot') ?? 0,
    // −1 is never.
    lastUsedSeconds: used === undefined || used < 0 ? undefined : used,
    usedConns: numberOf(conn, 'used_cur') ?? 0,
    idleConns: numberOf(conn, 'idle_cur') ?? 0,
    check: checkOf(state, stat),
    agent: agentOf(state, stat),
    lastChangeSeconds: numberOf(state, 'srv_time_since_last_change') ?? 0,
    address: textOf(state, 'srv_addr') ?? '',
    port: numberOf(state, 'srv_port') ?? 0,
    cookie: textOf(stat, 'cookie'),
    backup: numberOf(stat, 'bck') === 1,
    tracks: textOf(stat, 'tracked'),
    limit: numberOf(stat, 'slim'),
  }
}

/** The three tables that say together what a load balancer knows of its servers, or of those of one backend. */
export function showServers(backend?: string): readonly string[] {
  return [showServersState(backend), showStat(), showServersConn(backend)]
}

/** Joins the answers to `showServers`, of one moment, each read by its header. */
export function parseServers([state = '', stat = '', conn = '']: readonly string[]): Servers {
  const stats = parseCsv(stat)
  const stated = new Map(stats.map((row) => [`${row.get('pxname')}/${row.get('svname')}`, row]))
  const connected = new Map(parseTable(conn).map((row) => [row.get('bkname/svname'), row]))
  return {
    servers: parseTable(state).map((row) => {
      const seat = `${row.get('be_name')}/${row.get('srv_name')}`
      return viewOf(row, stated.get(seat), connected.get(seat))
    }),
    backends: stats.filter((row) => row.get('svname') === 'BACKEND').map((row) => backendOf(row)),
  }
}

/**
 * What the balancer sees now: every server and backend, or those of one backend, in one round trip.
 * Level user is enough; cookies and algorithms are told from level operator on. Throws what `ask` throws.
 */
export async function servers(
  host: Host,
  socket: string,
  { backend, ...options }: AskOptions & { readonly backend?: string } = {},
): Promise<Servers> {
  const found = parseServers(await ask(host, socket, showServers(backend), options))
  if (backend === undefined) return found
  return { servers: found.servers, backends: found.backends.filter((each) => each.backend === backend) }
}
