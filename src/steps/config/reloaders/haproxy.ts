import { seatName } from '../../../daemons/haproxy/commands.ts'
import { addAgain, addedServers, goneServers } from '../../../daemons/haproxy/kept/added-servers.ts'
import { reloadKeeping } from '../../../daemons/haproxy/kept/reload-keeping.ts'
import type { RuntimeState } from '../../../daemons/haproxy/kept/runtime-state.ts'
import { haproxyPicture, type HaproxyPicture } from '../../../daemons/haproxy/picture.ts'
import { haproxyReloadTook, orderHaproxyReload, refuseHaproxyReload } from '../../../daemons/haproxy/reload.ts'
import { tryHaproxyConfig } from '../../../daemons/haproxy/trial.ts'
import { awaitReload } from './await-reload.ts'
import { signalled } from './signalled.ts'
import type { Reloader, Unwritten } from './reloader.ts'

/** Servers that were added by the runtime CLI. */
const added: Unwritten = {
  read: async (on, { socket }, config) => {
    const servers =
      socket === undefined ? undefined : await addedServers(on.host, socket, config, { signal: on.signal })
    return servers ?? null
  },
  missing: async (on, { socket = '' }, unwritten, config) => {
    const given = { added: unwritten as RuntimeState, config }
    const { servers } = await goneServers(on.host, socket, given, { signal: on.signal })
    return servers.map((server) => `${seatName(server)}, which was added at run time`)
  },
  giveBack: (on, { socket = '' }, unwritten, config) =>
    addAgain(on.host, socket, { added: unwritten as RuntimeState, config }, { signal: on.signal }),
}

/** HAProxy: USR2 to its master, and what operators have set at run time is there from the new worker's first request on. */
export const haproxyReloader: Reloader<HaproxyPicture> = {
  running: (on, { unit }, since) => haproxyPicture(on.host, unit, { since, signal: on.signal }),
  refusals: refuseHaproxyReload,
  tried: (on, { unit }, files) => tryHaproxyConfig(on.host, { unit, files }, { signal: on.signal }),
  reload: async (on, which, before, texts) => {
    const reload = async () => {
      await orderHaproxyReload(on.host, before, { signal: on.signal })
      await awaitReload(haproxyReloader, on, which, before)
    }
    if (which.socket === undefined) return reload()
    const [running, next = ''] = [await texts.running(), await texts.next()]
    const { atRest } = texts
    const configurations = { ...(running !== undefined && { running }), next, ...(atRest && { atRest }) }
    const it = { ...configurations, socket: which.socket, path: which.config, reload }
    await reloadKeeping(on.host, it, { signal: on.signal })
  },
  byHand: (unit) => signalled('USR2', unit),
  took: haproxyReloadTook,
  isGone: ({ master }) => master === null,
  isUntouched: (before, now) =>
    before.family !== null &&
    now.family?.master.reloads === before.family.master.reloads &&
    now.family.master.failedReloads === before.family.master.failedReloads &&
    now.master?.pid === before.master?.pid &&
    now.master?.startTicks === before.master?.startTicks,
  unwritten: added,
}
