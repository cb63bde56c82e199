import { NoUseWaiting } from '../../engine/step-kind.ts'
import { acceptingWorkers, leavingWorkers, orphans, pidFileOf } from '../../daemons/nginx/phase.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { look, signal } from './look.ts'
import { lostMaster } from './lost-master.ts'

type Input = {
  readonly unit: string
  /** Of the new master, which must be the one that is left. */
  readonly version: string
  readonly timeout: Millis
}

/** Waits until the new master alone is left and serves, the pid file names it, and systemd follows it: only then is it whole. */
export const oldMasterGone = defineWait<Input>({
  kind: 'nginx.old-master-gone',
  describe: ({ unit }) => ({
    title: `wait until the old master has gone and ${unit} follows the new one`,
    commands: [`systemctl show -p MainPID -p ActiveState ${unit}`],
  }),
  look: async ({ unit, version }, on) => {
    const { picture, phase } = await look(on, unit)
    const host = on.host.name
    if (phase.phase === 'old-lingers') {
      const workers = leavingWorkers(picture, phase.old).length
      return notYet(`${host}  old master ${phase.old.pid} ends with its ${workers} workers' last connections`)
    }
    if (phase.phase !== 'single') throw lostMaster(host, phase)
    const { master } = phase
    if (master.version?.text !== version || master.listeners.length === 0) {
      throw new NoUseWaiting('the new master did not last: only the old one is left, and it was told to end', { host })
    }
    const { mainPid, id, activeState } = picture.unit
    const workers = acceptingWorkers(picture, master).length
    const wanted = master.settings?.workers ?? 1
    return notYet(
      workers < wanted && `${host}  ${workers} of ${wanted} workers`,
      orphans(picture).length > 0 && `${host}  workers without a master`,
      pidFileOf(picture, master).pid !== master.pid && `${host}  the pid file does not name ${master.pid}`,
      mainPid !== master.pid && `${host}  ${id} follows ${mainPid ?? 'nothing'}, not ${master.pid}`,
      activeState !== 'active' && `${host}  ${id} is ${activeState}`,
    )
  },
  timeout: ({ timeout }) => timeout,
  interval: () => 200,
  force: {
    title: 'end the old master now, cutting its connections',
    apply: async ({ unit }, on) => {
      const { picture, phase } = await look(on, unit)
      const workers = phase.phase === 'old-lingers' ? leavingWorkers(picture, phase.old) : []
      if (phase.phase === 'old-lingers') await signal(on, 'TERM', phase.old)
      // Whose connections they had nobody can say any more.
      return { count: workers.length, thing: 'old worker', who: workers.map(({ pid }) => `${pid} on ${on.host.name}`) }
    },
  },
})
