import { acceptingWorkers, pidFileOf } from '../../daemons/nginx/phase.ts'
import type { NginxMaster } from '../../daemons/nginx/picture.ts'
import { defineChange, notYet } from '../define.ts'
import { nginxThing } from '../things.ts'
import { backToOld, keptInode, knowsWayBack, oldNginx, oldServes, startedAnew, type Place } from './back-to-old.ts'
import { backByHandAfterQuit } from './back-by-hand.ts'
import { idOf, look, same, signal, successor, type Seen } from './look.ts'
import { lostMaster } from './lost-master.ts'
import type { OldNginx } from './next-move.ts'

type Found = {
  /** Null where somebody has ended it already. */
  readonly old: OldNginx | null
  readonly fresh: { readonly pid: number; readonly startTicks: number }
  /** The `.oldbin` of an old master that was killed. */
  readonly stale: string | null
}

/**
 * QUIT: the old master closes its sockets and ends with its last connection (phase 3, then 4). From here the way back is
 * a whole upgrade to the old binary, once the old master has gone: until then nginx ignores a second USR2.
 */
export const quitOldMaster = defineChange<Place, Found>({
  kind: 'nginx.quit-old-master',
  describe: (place) => ({
    title: 'QUIT: the old master ends',
    commands: [`kill -QUIT "$(systemctl show -p MainPID --value ${place.unit})"   # the old master`],
  }),
  describeUndo: (place, { old }) => (old ? backByHandAfterQuit(place, old) : []),
  observe: async (place, on) => {
    const seen = await look(on, place.unit)
    const { picture, phase } = seen
    const left = successor(seen, place.stale)
    if (left) return { old: null, fresh: idOf(left), stale: staleOldbin(seen, left) }
    if (phase.phase !== 'winched') throw lostMaster(on.host.name, phase)
    // It has no workers now: it will be given as many as serve in its place.
    const workers = acceptingWorkers(picture, phase.fresh).length
    const old = oldNginx(picture, phase.old, await keptInode(on, place))
    return { old: { ...old, workers }, fresh: idOf(phase.fresh), stale: null }
  },
  isDone: (_place, { old, stale }) => old === null && stale === null,
  apply: async (_place, { old, stale }, on) => {
    if (old) await signal(on, 'QUIT', old)
    if (stale) await on.host.run(['rm', '-f', '--', stale], { as: 'root', signal: on.signal })
  },
  verify: async (place, { old, fresh }, on) => {
    const seen = await look(on, place.unit)
    const { phase } = seen
    if (old && startedAnew(seen, old, place)) return notYet()
    if (phase.phase === 'winched') return notYet('the old master still holds its sockets')
    const left = phase.phase === 'old-lingers' ? phase.fresh : phase.phase === 'single' ? phase.master : undefined
    if (!left || !same(left, fresh)) throw lostMaster(on.host.name, phase, old ?? undefined)
    return notYet()
  },
  undo: async (place, { old }, on) => {
    if (old) await backToOld(on, place, old)
  },
  undone: async (place, { old }, on) => (old ? oldServes(on, place, old) : notYet()),
  untouched: async ({ unit }, { old, fresh }, on) => {
    const { phase } = await look(on, unit)
    const waits = old && phase.phase === 'winched' && same(phase.old, old) && same(phase.fresh, fresh)
    return notYet(!waits && `nginx is in phase ${phase.phase}`)
  },
  about: ({ unit }, host) => [nginxThing(host, unit)],
  halfway: async (place, { old }, on) => old !== null && knowsWayBack(on, place, old),
})

/** A master that was killed leaves its `.oldbin`, at which the next upgrade would be refused. */
function staleOldbin({ picture, phase }: Seen, master: NginxMaster): string | null {
  if (phase.phase !== 'single') return null
  const path = `${pidFileOf(picture, master).path}.oldbin`
  return path in picture.pidFiles ? path : null
}
