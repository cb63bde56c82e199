import { stage, type StageDraft } from '../../engine/plan.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Daemon } from '../../lib/rendered.ts'
import type { Millis } from '../../lib/types.ts'
import { configAsPlanned } from '../../steps/config/as-planned.ts'
import { fitForReload } from '../../steps/config/fit.ts'
import { putLive } from '../../steps/config/put-live.ts'
import { stageConfig } from '../../steps/config/stage-config.ts'
import { tryConfig } from '../../steps/config/try-config.ts'
import { fewOldWorkers } from '../../steps/haproxy/few-old-workers.ts'
import { oldWorkersGone } from '../../steps/haproxy/old-workers-gone.ts'
import { atRunTime, type AtRunTime } from './at-run-time.ts'
import { certificatesRenewed } from './certificates.ts'
import { mostOldWorkers } from '../../daemons/haproxy/old-workers.ts'
import { newOf, type Work } from './work.ts'

/**
 * On every host before anything is live on one: a configuration that does not live anywhere costs nobody anything. `beside`:
 * what is as it is to be already.
 */
export function prepared(works: readonly Work[], beside: readonly Work[]): StageDraft[] {
  return [
    stage(
      'nobody has changed the files since',
      [...works, ...beside].map(({ host, moves }) => configAsPlanned.at(host, { moves })),
    ),
    stage(
      'the daemons are fit for a reload',
      works.map(({ host, which }) => fitForReload.at(host, which)),
    ),
    stage(
      'few workers of earlier reloads are left',
      works.flatMap(({ host, master, changes }) =>
        master && changes === undefined ? [fewOldWorkers.at(host, { ...master, most: mostOldWorkers })] : [],
      ),
    ),
    stage(
      'upload beside what is live',
      works.map((work) => stageConfig.at(work.host, { moves: newOf(work) })),
    ),
    stage(
      'check and trial start with what was uploaded',
      works.map((work) => tryConfig.at(work.host, { ...work.which, moves: newOf(work) })),
    ),
  ]
}

/** HAProxy's workers of before serve on until their last session ends. */
export function oldWorkersWaited(works: readonly Work[], timeout: Millis): StageDraft {
  return stage(
    'wait until the old workers have gone',
    works.flatMap(({ host, master, changes }) =>
      master && changes === undefined ? [oldWorkersGone.at(host, { masterSocket: master.masterSocket, timeout })] : [],
    ),
  )
}

/** What needs no reload: told to the running HAProxys, and written into their files. */
export function withoutReload(fleet: Fleet, works: readonly Work[], options: AtRunTime): StageDraft[] {
  const own = works.filter(({ changes }) => changes !== undefined)
  const told = own.flatMap(({ host, which: { group }, changes = [] }) =>
    changes.flatMap((change) => (change.change === 'certificate' ? [] : [{ host, group, change }])),
  )
  return [
    ...certificatesRenewed(own),
    ...atRunTime(fleet, told, options),
    stage(
      'put in place what is in force already, without a reload',
      own.map(({ host, which, moves, kept }) => putLive.at(host, { ...which, moves, kept, reload: false })),
    ),
  ]
}

/** Of the guards before a daemon reads other files. */
export function staysTitle(daemon: Daemon): string {
  return daemon === 'keepalived' ? 'every VIP stays where it is' : 'enough servers stay'
}

/** Put in place, reloaded and proved, side by side; right before, what a reload may do harm to is asked again. */
export function live(batch: readonly Work[]): StageDraft[] {
  const services = [...new Set(batch.map(({ which }) => `${which.daemon}/${which.group}`))].join(', ')
  return [
    stage(
      staysTitle(batch[0]?.which.daemon ?? 'haproxy'),
      batch.flatMap(({ asks = [] }) => asks),
    ),
    stage(
      `${services}: put in place, reload, proof`,
      batch.map(({ host, which, moves, kept, atRest, asksBack = [] }) =>
        putLive.at(host, {
          ...which,
          moves,
          kept,
          reload: true,
          ...(atRest && { atRest }),
          ...(asksBack.length > 0 && { asksBack }),
        }),
      ),
    ),
  ]
}
