import { acceptingWorkers } from '../../daemons/nginx/phase.ts'
import { defineChange, notYet } from '../define.ts'
import { nginxThing } from '../things.ts'
import { backToOld, keptInode, knowsWayBack, oldNginx, oldServes, startedAnew, type Place } from './back-to-old.ts'
import { backByHand } from './back-by-hand.ts'
import { idOf, look, same, signal, successor } from './look.ts'
import { lostMaster } from './lost-master.ts'
import type { OldNginx } from './next-move.ts'

type Found = {
  /** Null where the new one alone is left already: a boot has started it, or somebody has ended the old one. */
  readonly old: OldNginx | null
  readonly fresh: { readonly pid: number; readonly startTicks: number }
  readonly winched: boolean
}

/**
 * WINCH: the old workers take no new connections any more, the old master keeps its sockets (phase 2). Only now does the
 * new version alone answer, so only now can it be judged; HUP to the old master is the way back.
 */
export const retireOldWorkers = defineChange<Place, Found>({
  kind: 'nginx.retire-old-workers',
  describe: (place) => ({
    title: 'WINCH: only the new workers accept',
    commands: [`kill -WINCH "$(systemctl show -p MainPID --value ${place.unit})"   # the old master`],
  }),
  describeUndo: (_place, { old }) => (old ? backByHand(old) : []),
  observe: async (place, on) => {
    const seen = await look(on, place.unit)
    const { picture, phase } = seen
    const left = successor(seen, place.stale)
    if (left) return { old: null, fresh: idOf(left), winched: true }
    if (phase.phase !== 'both-accept' && phase.phase !== 'winched') throw lostMaster(on.host.name, phase)
    const winched = phase.phase === 'winched'
    const old = oldNginx(picture, phase.old, await keptInode(on, place))
    // One that was winched before has no workers to be counted: as many as the new one has is what it had.
    const workers = winched ? acceptingWorkers(picture, phase.fresh).length : old.workers
    return { old: { ...old, workers }, fresh: idOf(phase.fresh), winched }
  },
  isDone: (_place, { winched }) => winched,
  apply: async (_place, { old }, on) => {
    if (old) await signal(on, 'WINCH', old)
  },
  verify: async (place, { old, fresh }, on) => {
    const { unit, stale } = place
    const seen = await look(on, unit)
    const { picture, phase } = seen
    // Somebody has sent QUIT by hand: no old worker accepts then either.
    const left = successor(seen, stale)
    if ((left && same(left, fresh)) || (old && startedAnew(seen, old, place))) return notYet()
    if (phase.phase === 'both-accept') {
      return notYet(`${acceptingWorkers(picture, phase.old).length} old workers still accept`)
    }
    if (phase.phase !== 'winched' || !old || !same(phase.fresh, fresh) || !same(phase.old, old)) {
      throw lostMaster(on.host.name, phase, old ?? undefined)
    }
    return notYet()
  },
  undo: async (place, { old }, on) => {
    if (old) await backToOld(on, place, old)
  },
  undone: async (place, { old }, on) => (old ? oldServes(on, place, old) : notYet()),
  untouched: async ({ unit }, { old, fresh }, on) => {
    const { phase } = await look(on, unit)
    const both = old && phase.phase === 'both-accept' && same(phase.old, old) && same(phase.fresh, fresh)
    return notYet(!both && `nginx is in phase ${phase.phase}`)
  },
  about: ({ unit }, host) => [nginxThing(host, unit)],
  halfway: async (place, { old }, on) => old !== null && knowsWayBack(on, place, old),
})
