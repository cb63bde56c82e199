import { acceptingWorkers, pidFileOf } from '../../../daemons/nginx/phase.ts'
import { defineChange, notYet } from '../../define.ts'
import { poll } from '../../poll.ts'
import { nginxThing } from '../../things.ts'
import { backToOld, knowsWayBack, oldNginx, type Place } from '../back-to-old.ts'
import { refuseIfUnfit } from '../fit-for-upgrade.ts'
import { look, same, signal } from '../look.ts'
import type { OldNginx } from '../next-move.ts'
import { onlyMaster } from './only-master.ts'

type Found = {
  /** The master that is to be healed. */
  readonly old: OldNginx
  readonly wanted: number
}

/** For a second master to come up, in ms. */
const patience = 20_000

/**
 * Heals a master that adds workers at each HUP (TRAPS, case 11): it holds an upgrade for under way that never was. A second master of
 * the same binary is started and ended, which ends that, and HUP counts the workers right, by the configuration as it lies
 * there. To a master that only was not reloaded it does no harm; nothing in /proc tells the two apart.
 */
export const healMaster = defineChange<Place, Found>({
  kind: 'nginx.heal-master',
  describe: ({ unit }) => {
    const pid = `"$(systemctl show -p MainPID --value ${unit})"`
    return {
      title: 'mend: USR2, QUIT to that second master, HUP: as many workers as are configured',
      commands: [`kill -USR2 ${pid}`, `kill -QUIT $(pgrep -P ${pid} -f '^nginx: master process')`, `kill -HUP ${pid}`],
    }
  },
  describeUndo: () => [],
  observe: async ({ unit }, on) => {
    const { picture, master } = await onlyMaster(on, unit)
    // USR2 executes what lies at argv[0], and without a pid file it would poison it anew.
    refuseIfUnfit(on.host.name, picture, { mended: ['heal-master'] })
    const old = oldNginx(picture, master)
    return { old, wanted: master.settings?.workers ?? old.workers }
  },
  isDone: (_place, { old, wanted }) => old.workers <= wanted,
  apply: async (place, { old }, on) => {
    await signal(on, 'USR2', old)
    await poll(
      on,
      () => look(on, place.unit),
      ({ phase }) => phase.phase === 'both-accept' && same(phase.old, old),
      { patience, still: ({ phase }) => `USR2: no second master that serves (phase ${phase.phase})` },
    )
    await backToOld(on, place, old)
    await signal(on, 'HUP', old)
  },
  verify: async ({ unit }, { old, wanted }, on) => {
    const { picture, phase } = await look(on, unit)
    if (phase.phase !== 'single') return notYet(`nginx is in phase ${phase.phase}`)
    const { master } = phase
    const workers = acceptingWorkers(picture, master).length
    return notYet(
      !same(master, old) && `master ${old.pid} is gone: ${master.pid} runs`,
      workers !== wanted && `${workers} workers, ${wanted} are configured`,
      pidFileOf(picture, master).pid !== master.pid && `the pid file does not name master ${master.pid}`,
    )
  },
  // A mend stays: only a second master that is half way there is ended.
  undo: (place, { old }, on) => backToOld(on, place, old),
  undone: async ({ unit }, _found, on) => {
    const { phase } = await look(on, unit)
    return notYet(phase.phase !== 'single' && `nginx is in phase ${phase.phase}`)
  },
  stays: true,
  about: ({ unit }, host) => [nginxThing(host, unit)],
  halfway: (place, { old }, on) => knowsWayBack(on, place, old),
  patience: () => patience,
})
