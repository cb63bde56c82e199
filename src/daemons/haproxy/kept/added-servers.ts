import type { Host } from '../../../hosts/host.ts'
import { seatName } from '../commands.ts'
import type { AskOptions } from '../conversation.ts'
import { order } from '../runtime.ts'
import { keeping } from './keeping.ts'
import { restorePlan } from './restore.ts'
import { runtimeState, type RuntimeState } from './runtime-state.ts'

/**
 * The servers that only the runtime CLI of a load balancer knows, and that can be added again: of all that operators set
 * only these are lost where nobody goes on after a reload. Undefined where there is none. Throws what `runtimeState` throws.
 */
export async function addedServers(
  host: Host,
  socket: string,
  running: string,
  options?: AskOptions,
): Promise<RuntimeState | undefined> {
  const state = await runtimeState(host, socket, options)
  const { added } = keeping(state, { running, next: running })
  return added.length === 0 ? undefined : { columns: state.columns, servers: added.map(({ from }) => from) }
}

/** Those of them that are gone, with `config` in force; what it has by now is its own. Throws what `runtimeState` throws. */
export async function goneServers(
  host: Host,
  socket: string,
  { added, config }: { readonly added: RuntimeState; readonly config: string },
  options?: AskOptions,
): Promise<RuntimeState> {
  const now = await runtimeState(host, socket, options)
  const there = new Set(now.servers.map((server) => seatName(server)))
  const { added: wanted } = keeping(added, { running: config, next: config })
  return {
    columns: added.columns,
    servers: wanted.map(({ from }) => from).filter((from) => !there.has(seatName(from))),
  }
}

/**
 * Adds those again that are gone. Nobody knows for how long they were: each is down until its checks pass. Throws
 * CommandRefused and what `ask` throws.
 */
export async function addAgain(
  host: Host,
  socket: string,
  { added, config }: { readonly added: RuntimeState; readonly config: string },
  options?: AskOptions,
): Promise<void> {
  const { columns, servers } = await goneServers(host, socket, { added, config }, options)
  const gone = { columns, servers: servers.map((server) => ({ ...server, op: 'stopped' as const })) }
  const { added: again } = keeping(gone, { running: config, next: config })
  const orders = restorePlan({ carried: [], added: again }, { columns, servers: [] })
  if (orders.length > 0) await order(host, socket, orders, options)
}
