import { isMomentary } from '../../../daemons/haproxy/kept/momentary.ts'
import { keeping, type AddedAgain } from '../../../daemons/haproxy/kept/keeping.ts'
import { reloadKeeping, restore } from '../../../daemons/haproxy/kept/reload-keeping.ts'
import { runtimeState, type RuntimeState } from '../../../daemons/haproxy/kept/runtime-state.ts'
import { seatName } from '../../../daemons/haproxy/commands.ts'
import { haproxyPicture, type HaproxyPicture } from '../../../daemons/haproxy/picture.ts'
import { orderHaproxyReload } from '../../../daemons/haproxy/reload.ts'
import { exchangeTook } from '../../../daemons/haproxy/upgrade/took.ts'
import { NoUseWaiting, type Awaited, type On } from '../../../engine/step-kind.ts'
import type { Millis } from '../../../lib/types.ts'
import { poll } from '../../poll.ts'

/* How a master executes what lies at its place, or is started where it has died; and is told again what it forgot. */

interface Daemon {
  readonly unit: string
  readonly config: string
  /** The runtime socket. */
  readonly socket: string
}

/** How long a master is given to read its configuration, and its worker to answer. */
export const patience: Millis = 30_000

/** One look at what became of a re-exec. Throws NoUseWaiting when it will never take. */
export async function lookAtExchange({ unit }: Pick<Daemon, 'unit'>, before: HaproxyPicture, on: On): Promise<Awaited> {
  const { done, awaiting, failed } = exchangeTook(
    before,
    await haproxyPicture(on.host, unit, { since: before, signal: on.signal }),
  )
  if (!failed) return { done, awaiting }
  const { message, said, suggestions } = failed
  throw new NoUseWaiting(message, { host: on.host.name, ...(said !== '' && { said }), suggestions })
}

/** Has the master execute what lies at its place, keeping what operators have set, and waits until that serves. */
export async function reExec(input: Daemon, before: HaproxyPicture, on: On): Promise<void> {
  const { host, signal } = on
  const next = (await host.read(input.config, { as: 'root', signal })).toString()
  const reload = async () => {
    await orderHaproxyReload(host, before, { signal })
    await poll(
      on,
      () => lookAtExchange(input, before, on),
      ({ done }) => done,
      { patience, still: ({ awaiting }) => `HAProxy was not seen to take its binary: ${awaiting.join('; ')}` },
    )
  }
  await reloadKeeping(host, { running: next, next, socket: input.socket, path: input.config, reload }, { signal })
}

/** Started, where it is not: it has died, and the binary that it died of is away by now. */
export async function running({ unit }: Daemon, on: On): Promise<HaproxyPicture> {
  const { host, signal } = on
  return poll(
    on,
    async () => {
      const seen = await haproxyPicture(host, unit, { signal })
      if (seen.master === null) {
        await host.run(['systemctl', 'reset-failed', '--', unit], { as: 'root', signal })
        await host.run(['systemctl', 'start', '--', unit], { as: 'root', signal, timeout: patience })
      }
      return seen
    },
    // A master that answers nobody may have lost its program: USR2 heals it (TRAPS, case 24).
    ({ master, unit: { activeState } }) => master !== null && activeState !== 'activating',
    { patience, still: () => `${unit} does not start` },
  )
}

/** The servers that only the runtime CLI knew, and that a re-exec has not been given back. */
export async function notGivenBack(
  { socket, config }: Pick<Daemon, 'socket' | 'config'>,
  state: RuntimeState,
  on: On,
): Promise<readonly AddedAgain[]> {
  const { host, signal } = on
  const next = (await host.read(config, { as: 'root', signal })).toString()
  const { added } = keeping(state, { running: next, next })
  if (added.length === 0) return []
  const now = await runtimeState(host, socket, { signal })
  const there = new Set(now.servers.map(seatName))
  return added.filter((server) => !there.has(seatName(server)))
}

/**
 * A daemon that died has forgotten what operators had set: each is told again. One that executed itself knows all but the servers
 * that were added to it, should whoever was to give them back have died.
 */
export async function setAgain(
  { socket, config }: Daemon,
  found: { readonly running: HaproxyPicture; readonly state: RuntimeState },
  seen: HaproxyPicture,
  on: On,
): Promise<void> {
  const { host, signal } = on
  const was = found.running.master
  if (seen.master?.pid === was?.pid && seen.master?.startTicks === was?.startTicks) {
    const added = await notGivenBack({ socket, config }, found.state, on)
    await restore(host, socket, { carried: [], added }, { signal })
    return
  }
  const next = (await host.read(config, { as: 'root', signal })).toString()
  await restore(host, socket, keeping(found.state, { running: next, next }), { signal })
}

/** Does the configuration for one reload still lie there? */
export async function isMomentaryNow({ config }: Daemon, on: On): Promise<boolean> {
  return isMomentary((await on.host.read(config, { as: 'root', signal: on.signal })).toString())
}
