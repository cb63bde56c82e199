import type { MendName } from '../../daemons/nginx/refusal.ts'
import { stage, type StageDraft } from '../../engine/plan.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { Millis } from '../../lib/types.ts'
import { askFreshCheck } from '../../steps/haproxy/ask-fresh-check.ts'
import { fitForUpgrade } from '../../steps/nginx/fit-for-upgrade.ts'
import { holdNew } from '../../steps/nginx/hold.ts'
import { oldMasterGone } from '../../steps/nginx/old-master-gone.ts'
import { quitOldMaster } from '../../steps/nginx/quit-old-master.ts'
import { retireOldWorkers } from '../../steps/nginx/retire-old-workers.ts'
import { startNewMaster } from '../../steps/nginx/start-new-master.ts'
import { trialStart } from '../../steps/nginx/trial-start.ts'
import { untilChecked } from '../rotation.ts'
import { namesOf, oncePer } from '../upgrade-words.ts'
import { onDisk } from '../candidate.ts'
import { mendedLater } from './mends.ts'
import { brought, place, put, staleOf, tried, type Work } from './put.ts'

export interface Phases {
  /** How long each wait may take: checks to pass, the old master to go. */
  readonly timeout: Millis
  /** How long the new workers alone must serve before the old master is ended. */
  readonly hold: Millis
  /** How long the old master is kept once its host is back in rotation, for a way back at once; 0: it ends before that. */
  readonly keepOld: Millis
  /** How much more of all answers may be 5xx meanwhile, in percent. */
  readonly max5xx: number
  /** Leave the trial start out, where a host does not allow it. */
  readonly withoutTrial: boolean
}

/** Before anything is taken out of rotation, on all hosts: a binary that does not live must cost nobody anything. */
export function tested(works: readonly Work[], { withoutTrial }: Phases): StageDraft[] {
  return [
    fit(`nginx on ${namesOf(works)} can be upgraded`, works, mendedLater),
    ...brought(works),
    stage(
      'trial start with the running configuration',
      withoutTrial ? [] : works.map((work) => trialStart.at(work.name, { unit: work.unit, ...tried(work) })),
    ),
  ]
}

/** nginx's own hot upgrade, phase by phase (TRAPS: nginx), each with its own way back; on several hosts side by side. */
export function swapped(works: readonly Work[], seats: readonly Seat[], { hold, timeout }: Phases): StageDraft[] {
  return [
    fit(`nothing has changed on ${namesOf(works)} meanwhile`, works),
    stage(
      'enough servers stay',
      works.flatMap(({ asks }) => asks),
    ),
    ...put(works),
    stage(
      `USR2: start nginx ${oncePer(works, ({ candidate }) => candidate.version)} beside the old one`,
      works.map((work) => startNewMaster.at(work.name, { ...place(work), version: work.candidate.version })),
    ),
    stage(
      'WINCH: only the new workers accept',
      works.map((work) => retireOldWorkers.at(work.name, place(work))),
    ),
    stage(
      `hold ${formatDuration(hold)}`,
      works.map((work) => holdNew.at(work.name, { unit: work.unit, hold, ...staleOf(work) })),
    ),
    stage(
      'ask for a fresh check of the new workers',
      seats.map((seat) => askFreshCheck.at(seat.host, { seat })),
    ),
    untilChecked(seats, timeout),
  ]
}

/** While the old master is kept, it holds its sockets: a HUP, and it serves again. */
export function kept(works: readonly Work[], { keepOld, max5xx }: Phases): StageDraft[] {
  if (keepOld === 0) return []
  return [
    stage(
      `keep the old master for ${formatDuration(keepOld)}`,
      works.map((work) => {
        const { name, unit, answered } = work
        const answers = answered.length > 0 && { answers: { watched: answered, max5xx } }
        return holdNew.at(name, { unit, hold: keepOld, keeps: true, ...answers, ...staleOf(work) })
      }),
    ),
  ]
}

/** The end of the old nginx. From here on the way back is an upgrade to the old binary. */
export function ended(works: readonly Work[], { timeout }: Phases): StageDraft[] {
  return [
    stage(
      'QUIT: the old master ends',
      works.map((work) => quitOldMaster.at(work.name, place(work))),
    ),
    stage(
      'wait until the old master has gone',
      works.map(({ name, unit, candidate: { version } }) => oldMasterGone.at(name, { unit, version, timeout })),
    ),
  ]
}

function fit(title: string, works: readonly Work[], yet: (work: Work) => MendName[] = () => []): StageDraft {
  return stage(
    title,
    works.map((work) => {
      const { name, unit, target, candidate, vips } = work
      const mended = yet(work)
      const but = {
        ...(mended.length > 0 && { mended }),
        ...(candidate.kind === 'lies' && onDisk),
        ...(vips.length > 0 && { vips }),
      }
      return fitForUpgrade.at(name, { unit, target, ...but })
    }),
  )
}
