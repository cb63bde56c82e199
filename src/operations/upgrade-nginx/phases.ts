import { stage, type StageDraft } from '../../engine/plan.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { Millis, RunId } from '../../lib/types.ts'
import { stageBinary } from '../../steps/binary/stage-binary.ts'
import { askFreshCheck } from '../../steps/haproxy/ask-fresh-check.ts'
import { candidateRuns } from '../../steps/nginx/candidate-runs.ts'
import { fitForUpgrade } from '../../steps/nginx/fit-for-upgrade.ts'
import { holdNew } from '../../steps/nginx/hold.ts'
import { oldMasterGone } from '../../steps/nginx/old-master-gone.ts'
import { quitOldMaster } from '../../steps/nginx/quit-old-master.ts'
import { replaceBinary } from '../../steps/nginx/replace-binary.ts'
import { retireOldWorkers } from '../../steps/nginx/retire-old-workers.ts'
import { startNewMaster } from '../../steps/nginx/start-new-master.ts'
import { trialStart } from '../../steps/nginx/trial-start.ts'
import { backupOf, stagedAs } from '../kept-binary.ts'
import { untilChecked } from '../rotation.ts'
import { namesOf, oncePer } from '../upgrade-words.ts'
import type { Found } from './look.ts'

/** A host, and the run that works on it. */
export interface Work extends Found {
  readonly id: RunId
}

export interface Phases {
  /** How long each wait may take: checks to pass, the old master to go. */
  readonly timeout: Millis
  /** How long the new workers alone must serve before the old master is ended. */
  readonly hold: Millis
  /** Leave the trial start out, where a host does not allow it. */
  readonly withoutTrial: boolean
}

/** Before anything is taken out of rotation, on all hosts: a binary that does not live must cost nobody anything. */
export function tested(works: readonly Work[], { withoutTrial }: Phases): StageDraft[] {
  return [
    fit(`nginx on ${namesOf(works)} can be upgraded`, works),
    stage(
      `upload nginx ${oncePer(works, ({ file }) => file.version)}`,
      works.map((work) =>
        stageBinary.at(work.name, { file: work.file.file, sha256: work.file.sha256, staged: stagedAs(work) }),
      ),
    ),
    stage(
      'the new binary runs there',
      works.map((work) =>
        candidateRuns.at(work.name, { staged: stagedAs(work), target: work.target, version: work.file.version }),
      ),
    ),
    stage(
      'trial start with the running configuration',
      withoutTrial ? [] : works.map((work) => trialStart.at(work.name, { unit: work.unit, staged: stagedAs(work) })),
    ),
  ]
}

/** nginx's own hot upgrade, phase by phase (TRAPS: nginx), each with its own way back; on several hosts side by side. */
export function swapped(works: readonly Work[], seats: readonly Seat[], { hold, timeout }: Phases): StageDraft[] {
  const place = (work: Work) => ({ unit: work.unit, target: work.target, backup: backupOf(work) })
  return [
    fit(`nothing has changed on ${namesOf(works)} meanwhile`, works),
    stage(
      `replace ${oncePer(works, ({ target }) => target)}`,
      works.map((work) =>
        replaceBinary.at(work.name, { ...place(work), staged: stagedAs(work), sha256: work.file.sha256 }),
      ),
    ),
    stage(
      `USR2: start nginx ${oncePer(works, ({ file }) => file.version)} beside the old one`,
      works.map((work) => startNewMaster.at(work.name, { ...place(work), version: work.file.version })),
    ),
    stage(
      'WINCH: only the new workers accept',
      works.map((work) => retireOldWorkers.at(work.name, place(work))),
    ),
    stage(
      `hold ${formatDuration(hold)}`,
      works.map(({ name, unit }) => holdNew.at(name, { unit, hold })),
    ),
    stage(
      'ask for a fresh check of the new workers',
      seats.map((seat) => askFreshCheck.at(seat.host, { seat })),
    ),
    untilChecked(seats, timeout),
    stage(
      'QUIT: the old master ends',
      works.map((work) => quitOldMaster.at(work.name, place(work))),
    ),
    stage(
      'wait until the old master has gone',
      works.map(({ name, unit, file }) => oldMasterGone.at(name, { unit, version: file.version, timeout })),
    ),
  ]
}

function fit(title: string, works: readonly Work[]): StageDraft {
  return stage(
    title,
    works.map(({ name, unit, target }) => fitForUpgrade.at(name, { unit, target })),
  )
}
