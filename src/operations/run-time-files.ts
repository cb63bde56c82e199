import { stage, type StageDraft, type StepDraft } from '../engine/plan.ts'
import type { FileMove } from '../hosts/config/change.ts'
import { keptName, stagedPath } from '../hosts/config/places.ts'
import type { LiveFile } from '../hosts/config/look.ts'
import { sha256 } from '../lib/digest.ts'
import type { HostName, RunId } from '../lib/types.ts'
import { configAsPlanned } from '../steps/config/as-planned.ts'
import { fitForReload } from '../steps/config/fit.ts'
import { putLive } from '../steps/config/put-live.ts'
import type { Which } from '../steps/config/reloaders/reloader.ts'
import { stageConfig } from '../steps/config/stage-config.ts'
import { tryConfig } from '../steps/config/try-config.ts'
import type { UndoAsks } from '../steps/upstream/before-undo.ts'
import type { ServiceChange } from './config/compare.ts'

/** Files of one daemon on one host in which it is told something at run time, on their way to other texts. */
export interface FilesWork extends UndoAsks {
  readonly host: HostName
  readonly which: Which
  readonly moves: readonly FileMove[]
  /** The version that is kept of what lies there. */
  readonly kept: string
  /** False where the daemon is told by other means, and refuses what it could not read. */
  readonly reload: boolean
}

/** Stages right before and right after one host's files are put in place. */
export interface Around {
  readonly before?: readonly StageDraft[]
  readonly after?: readonly StageDraft[]
}

/** The name of the version that is kept: a run may change a file many times. */
export function keptTurn(id: RunId, turn: number, what: string): string {
  return `${keptName(id)}-${String(turn).padStart(4, '0')}-${what}`
}

/** One file from one text, or from none, to another. */
export function moveOf(
  { path, target }: Pick<LiveFile, 'path' | 'target'>,
  { before, text }: { readonly before: string | null; readonly text: string },
  id: RunId,
): FileMove {
  const from = before === null ? null : sha256(before)
  return { path, target, staged: stagedPath(target, id), from, to: sha256(text), mode: '0644', text }
}

/** The text is told to the step that uploads it, once. */
export function withoutText({ path, target, staged, from, to, mode }: FileMove): FileMove {
  return { path, target, staged, from, to, mode }
}

/**
 * The stages that bring the files to their texts: uploaded and tried on every host, then host by host put in place, read and
 * proved. `unchanged`: guards of files that are as they are to be, and are relied on where others are changed.
 */
export function putFiles(
  works: readonly FilesWork[],
  { unchanged, around }: { readonly unchanged: readonly StepDraft[]; readonly around: (work: FilesWork) => Around },
): StageDraft[] {
  const reloaded = works.filter(({ reload }) => reload)
  return [
    stage(
      'nobody has changed the files since',
      works.length === 0
        ? []
        : [
            ...works.map(({ host, moves }) => configAsPlanned.at(host, { moves: moves.map(withoutText) })),
            ...unchanged,
          ],
    ),
    stage(
      reloaded[0] ? `${reloaded[0].which.daemon} is fit for a reload` : '',
      reloaded.map(({ host, which }) => fitForReload.at(host, which)),
    ),
    stage(
      'upload beside what is live',
      works.map(({ host, moves }) => stageConfig.at(host, { moves })),
    ),
    stage(
      'check and trial start with what was uploaded',
      reloaded.map(({ host, which, moves }) => tryConfig.at(host, { ...which, moves: moves.map(withoutText) })),
    ),
    ...works.flatMap((work) => {
      const { host, which, moves, ...rest } = work
      const { before = [], after = [] } = around(work)
      const proved = rest.reload ? ', reload, proof' : ''
      return [
        ...before,
        stage(`${which.daemon}/${which.group} on ${host}: put in place${proved}`, [
          putLive.at(host, { ...which, ...rest, moves: moves.map(withoutText), shelf: 'run-time' }),
        ]),
        ...after,
      ]
    }),
  ]
}

/** How one file's text differs, to be shown. */
export async function changeOf(
  host: HostName,
  { daemon, group, unit }: Which,
  files: readonly { readonly path: string; readonly before: string | null; readonly text: string }[],
): Promise<ServiceChange> {
  // Loaded where something differs: start-up time is a feature.
  const { diff } = await import('../lib/diff.ts')
  return {
    host,
    daemon,
    group,
    unit,
    files: files.map(({ path, before, text }) => {
      const live = before === null ? null : sha256(before)
      return { path, live, wanted: sha256(text), drift: null, diff: diff(before ?? '', text, []) }
    }),
  }
}
