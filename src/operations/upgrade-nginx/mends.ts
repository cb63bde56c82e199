import { preflight } from '../../daemons/nginx/preflight.ts'
import type { NginxPicture } from '../../daemons/nginx/picture.ts'
import type { Mend, MendName } from '../../daemons/nginx/refusal.ts'
import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import type { Millis } from '../../lib/types.ts'
import { healMaster } from '../../steps/nginx/repair/heal-master.ts'
import { orphansGone, quitOrphans } from '../../steps/nginx/repair/quit-orphans.ts'
import { removeOldbin } from '../../steps/nginx/repair/remove-oldbin.ts'
import { writePidFile } from '../../steps/nginx/repair/write-pid-file.ts'
import { namesOf } from '../upgrade-words.ts'
import { place, type Work } from './put.ts'

/** What can be mended of what stands in the way, and why it does, in the order in which it is mended. */
export function mendsOf(picture: NginxPicture): { readonly mends: readonly Mend[]; readonly why: readonly string[] } {
  const found = preflight(picture).flatMap(({ mend, message }) => (mend ? [{ mend, message }] : []))
  return { mends: found.map(({ mend }) => mend), why: found.map(({ message }) => message) }
}

/**
 * These close idle connections: like the upgrade itself they come once the host is out of rotation. A file may be mended at once.
 */
const byProcess: readonly MendName[] = ['end-orphans', 'heal-master']

/** What will be mended once the host is out of rotation. */
export function mendedLater({ mends }: Pick<Work, 'mends'>): MendName[] {
  return mends.map(({ mend }) => mend).filter((mend) => byProcess.includes(mend))
}

/** Before all else: files that a mend puts right. */
export function filesMended(works: readonly Work[]): StageDraft[] {
  return [
    mendedStage(works, 'the pid file', ({ name, unit, mends }) =>
      mends.flatMap((one) => (one.mend === 'write-pid-file' ? [writePidFile.at(name, { unit, path: one.path })] : [])),
    ),
    mendedStage(works, 'a leftover .oldbin', ({ name, unit, mends }) =>
      mends.flatMap((one) => (one.mend === 'remove-oldbin' ? [removeOldbin.at(name, { unit, path: one.path })] : [])),
    ),
  ]
}

/** Out of rotation: processes that a mend puts right. */
export function processesMended(works: readonly Work[], timeout: Millis): StageDraft[] {
  const orphaned = works.filter(({ mends }) => mends.some(({ mend }) => mend === 'end-orphans'))
  return [
    mendedStage(works, 'workers without a master', ({ name, unit, mends }) =>
      mends.flatMap((one) => (one.mend === 'end-orphans' ? [quitOrphans.at(name, { unit, pids: one.pids })] : [])),
    ),
    stage(
      'wait until the workers without a master have gone',
      orphaned.map(({ name, unit }) => orphansGone.at(name, { unit, timeout })),
    ),
    mendedStage(works, 'a master with too many workers', (work) =>
      work.mends.flatMap(({ mend }) => (mend === 'heal-master' ? [healMaster.at(work.name, place(work))] : [])),
    ),
  ]
}

function mendedStage(works: readonly Work[], what: string, steps: (work: Work) => readonly StepDraft[]): StageDraft {
  const some = works.filter((work) => steps(work).length > 0)
  return stage(`mend ${what} on ${namesOf(some)}`, some.flatMap(steps))
}
