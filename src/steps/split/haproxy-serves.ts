import { showServersState } from '../../daemons/haproxy/commands.ts'
import { isServing } from '../../daemons/haproxy/is-serving.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import { servers } from '../../daemons/haproxy/servers.ts'
import type { Host } from '../../hosts/host.ts'
import { defineGuard } from '../define.ts'
import { refuseIfFew, type Receiving, type Sending, type Stand } from './too-few-serve.ts'

/** Pools behind HAProxy that clients are to be sent to. */
export type HaproxyReceives = Sending & {
  readonly socket: string
  readonly pools: readonly (Receiving & { readonly backend: string; readonly servers: readonly string[] })[]
}

/** How the servers of a pool stand at one load balancer. Throws what `servers` throws. */
export async function haproxyStands(
  host: Host,
  socket: string,
  { backend, servers: names }: { readonly backend: string; readonly servers: readonly string[] },
  signal?: AbortSignal,
): Promise<Stand[]> {
  const seen = await servers(host, socket, { backend, ...(signal && { signal }) })
  return names.map((name) => {
    const view = seen.servers.find((one) => one.server === name && one.backend === backend)
    return { name, out: view ? whyOut(view) : 'unknown to HAProxy' }
  })
}

/** Why a server does not serve; null when it does. */
export function whyOut(view: ServerView): string | null {
  if (isServing(view)) return null
  return view.admin === 'ready' ? view.status : view.admin
}

/** Do enough servers of the pools serve that clients are to be sent to? Asked again right before. */
export const haproxyServes = defineGuard<HaproxyReceives>({
  kind: 'split.haproxy-serves',
  describe: ({ pools }) => ({
    title: `enough of ${pools.map(({ pool }) => pool).join(' and ')} serve`,
    commands: pools.map(({ backend }) => showServersState(backend)),
  }),
  check: async ({ socket, pools, ...sending }, on) => {
    for (const pool of pools) {
      refuseIfFew(on.host.name, pool, await haproxyStands(on.host, socket, pool, on.signal), sending)
    }
  },
  protects: () => [],
})
