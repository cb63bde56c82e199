import type { Host } from '../../../hosts/host.ts'
import { sleep } from '../../../lib/clock.ts'
import type { Millis } from '../../../lib/types.ts'
import type { AskOptions } from '../conversation.ts'
import { order } from '../runtime.ts'
import { type Configurations, hasWish, type Keeping, keeping } from './keeping.ts'
import { isMomentary, loadsItself, momentaryConfig } from './momentary.ts'
import { restorePlan } from './restore.ts'
import { type RuntimeState, runtimeState } from './runtime-state.ts'
import { stateFile } from './state-file.ts'

/** One load balancer's reload, and what is to be known of it. */
export type KeepingReload = Configurations & {
  readonly socket: string
  /** Where the configuration lies; `next` lies there already. */
  readonly path: string
  /** Orders the reload and comes back when it is proved; throws when it did not take. */
  readonly reload: () => Promise<void>
}

/** How it went. */
export type Reloaded = {
  readonly keeping: Keeping
  /** `plain`: there was nothing to keep. */
  readonly by: 'plain' | 'its own state file' | 'a state file for this reload'
  /** What had to be ordered afterwards. */
  readonly orders: readonly string[]
}

/** For one reload only: root's alone, for it names every server. */
const statePath = '/var/lib/zdt/haproxy.state'

/** What lies there otherwise, until it is put back: should zdt be killed in the middle, `endMomentary` finds it. */
const realPath = '/var/lib/zdt/haproxy.cfg'

/** Orders take at once, or are refused. */
const patience: Millis = 10_000

/** Would a plain reload forget something, or send requests to a server that is known to be down? */
function worthKeeping({ carried, added }: Keeping): boolean {
  return added.length > 0 || carried.some((server) => hasWish(server) || server.from.op !== 'running')
}

/**
 * Reloads so that the first request of the new worker already finds every server as operators have left it, by the rule
 * of docs/runtime-state.md. What they set is read at the last moment; HAProxy itself loads it (`server-state-file`),
 * by a configuration that lies there for this one reload where its own does not say so. Then what a state file cannot
 * hold is ordered: servers that were added.
 * Killed in the middle it may leave the momentary configuration: write `next` again, or see `endMomentary`.
 * Throws what `reload`, `Host.write` and `ask` throw; the real configuration is put back first.
 */
export async function reloadKeeping(host: Host, it: KeepingReload, options: AskOptions = {}): Promise<Reloaded> {
  const before = await runtimeState(host, it.socket, options)
  const kept = keeping(before, it)
  if (!worthKeeping(kept)) {
    await it.reload()
    return { keeping: kept, by: 'plain', orders: [] }
  }
  const itself = loadsItself(it.next, kept)
  if (itself === undefined) await byMomentaryConfig(host, it, { before, kept }, options)
  else {
    await host.write(itself, stateFile(before, kept), { as: 'root', mode: '0600', signal: options.signal })
    await it.reload()
  }
  const by = itself === undefined ? 'a state file for this reload' : 'its own state file'
  return { keeping: kept, by, orders: await restore(host, it.socket, kept, options) }
}

async function byMomentaryConfig(
  host: Host,
  { path, next, reload }: KeepingReload,
  { before, kept }: { readonly before: RuntimeState; readonly kept: Keeping },
  { signal }: AskOptions,
): Promise<void> {
  await host.run(['mkdir', '-p', '/var/lib/zdt'], { as: 'root', signal })
  await host.write(statePath, stateFile(before, kept), { as: 'root', mode: '0600', signal })
  await host.write(realPath, next, { as: 'root', mode: '0600', signal })
  await host.write(path, momentaryConfig(next, kept, statePath), { as: 'root', signal })
  try {
    await reload()
  } finally {
    // Whatever happened, and stopped or not: a configuration that nobody wrote must not stay.
    await host.write(path, next, { as: 'root' })
    await host.run(['rm', '-f', '--', statePath, realPath], { as: 'root' })
  }
}

/**
 * Puts the real configuration back where a reload that was killed in the middle has left the momentary one at `path`;
 * harmless where it has not. Throws what `Host.read` and `Host.write` throw.
 */
export async function endMomentary(host: Host, path: string, { signal }: AskOptions = {}): Promise<void> {
  const lies = (await host.read(path, { as: 'root', signal })).toString()
  if (isMomentary(lies))
    await host.write(path, await host.read(realPath, { as: 'root', signal }), { as: 'root', signal })
  await host.run(['rm', '-f', '--', statePath, realPath], { as: 'root', signal })
}

/** Gives orders until all that was to be kept is there, and says which. Throws CommandRefused and what `ask` throws. */
export async function restore(
  host: Host,
  socket: string,
  kept: Pick<Keeping, 'carried' | 'added'>,
  options: AskOptions = {},
): Promise<readonly string[]> {
  const given: string[] = []
  for (const until = performance.now() + patience; ; await sleep(100, options.signal)) {
    const orders = restorePlan(kept, await runtimeState(host, socket, options))
    if (orders.length === 0 || performance.now() > until) return given
    await order(host, socket, orders, options)
    given.push(...orders)
  }
}
