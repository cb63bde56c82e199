import { editServersFile, type ServerEdit } from '../../daemons/nginx/upstream/servers-file.ts'
import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import type { FileMove } from '../../hosts/config/change.ts'
import { keptName, stagedPath } from '../../hosts/config/places.ts'
import { sha256 } from '../../lib/digest.ts'
import type { RunId } from '../../lib/types.ts'
import { configAsPlanned } from '../../steps/config/as-planned.ts'
import { fitForReload } from '../../steps/config/fit.ts'
import { putLive } from '../../steps/config/put-live.ts'
import { stageConfig } from '../../steps/config/stage-config.ts'
import { tryConfig } from '../../steps/config/try-config.ts'
import type { UndoAsks } from '../../steps/upstream/before-undo.ts'
import { enoughAnswer, type CapacityQuestion } from '../../steps/upstream/enough-answer.ts'
import type { ServiceChange } from '../config/compare.ts'
import { outsOf, type OutMeanwhile, type OutOptions, type Outs } from '../out-meanwhile.ts'
import type { World } from '../operation.ts'
import type { SeenUpstream } from './look.ts'

/** What brings nginx to other servers: the stages, and what they change, to be shown. */
export interface UpstreamChange {
  readonly stages: readonly StageDraft[]
  readonly changes: readonly ServiceChange[]
  readonly out: readonly OutMeanwhile[]
}

interface Wanted {
  /** What is to be said of the seats of each upstream. */
  readonly edits: (seen: SeenUpstream) => readonly ServerEdit[]
  /** What to ask right before each file is put in place: guards of all hosts. */
  readonly guards?: readonly StepDraft[]
  /** What to ask before it is undone, where that takes servers out again; or whether they answer, where it brings them back. */
  readonly undo?: (seen: SeenUpstream) => UndoAsks
}

/** What the files say once all stages so far are done: one run may change a file many times. */
export type TextsSoFar = Map<string, { readonly text: string; readonly turn: number }>

/** What a change goes on from. */
export interface Onwards {
  readonly id: RunId
  readonly outs: Outs
  readonly texts: TextsSoFar
}

/** The first change of a run. */
export function fromHere({ fleet, hosts, id }: World, options: OutOptions): Onwards {
  return { id, outs: outsOf(fleet, hosts, options), texts: new Map() }
}

/**
 * Changes the servers of upstreams: the files uploaded and tried on every host, then host by host put in place, reloaded and
 * proved, each taken out of HAProxy's pools meanwhile where it is in one. Nothing where every file is so already.
 */
export async function changeUpstreams(
  { id, outs, texts }: Onwards,
  seen: readonly SeenUpstream[],
  { edits, guards = [], undo }: Wanted,
): Promise<UpstreamChange> {
  const unchanged: StepDraft[] = []
  const files = seen.flatMap((one) => {
    const key = `${one.host} ${one.file.path}`
    const before = texts.get(key) ?? { text: one.text, turn: 0 }
    const text = editServersFile(before.text, edits(one))
    if (text === before.text) {
      unchanged.push(
        configAsPlanned.at(one.host, { moves: [withoutText(moveOf(one.file, { before: text, text }, id))] }),
      )
      return []
    }
    const turn = before.turn + 1
    texts.set(key, { text, turn })
    return [{ seen: one, before: before.text, text, turn }]
  })
  const works = files.map(({ seen: one, before, text, turn }) => ({
    host: one.host,
    which: { daemon: 'nginx' as const, unit: one.group.unit, group: one.group.name, config: one.group.config },
    move: moveOf(one.file, { before, text }, id),
    kept: `${keptName(id)}-${String(turn).padStart(4, '0')}-${one.pool.name}`,
    ...undo?.(one),
  }))
  const out = await Promise.all(works.map(({ host }) => outs(host)))
  return {
    out,
    changes: await Promise.all(files.map(({ seen: one, before, text }) => changeOf(one, before, text))),
    stages: [
      stage(
        'nobody has changed the files since',
        // What is as it is to be already is relied on where others are changed.
        works.length === 0
          ? []
          : [...works.map(({ host, move }) => configAsPlanned.at(host, { moves: [withoutText(move)] })), ...unchanged],
      ),
      stage(
        'nginx is fit for a reload',
        works.map(({ host, which }) => fitForReload.at(host, which)),
      ),
      stage(
        'upload beside what is live',
        works.map(({ host, move }) => stageConfig.at(host, { moves: [move] })),
      ),
      stage(
        'check and trial start with what was uploaded',
        works.map(({ host, which, move }) => tryConfig.at(host, { ...which, moves: [withoutText(move)] })),
      ),
      ...works.flatMap(({ host, move, which, ...rest }, index) => [
        ...(out[index]?.before ?? []),
        stage(
          'enough servers stay',
          guards.filter((guard) => guard.host === host && isAbout(guard, move.path)),
        ),
        stage(`${which.daemon}/${which.group} on ${host}: put in place, reload, proof`, [
          putLive.at(host, { ...which, ...rest, moves: [withoutText(move)], shelf: 'run-time', reload: true }),
        ]),
        ...(out[index]?.after ?? []),
      ]),
    ],
  }
}

/** Is it asked of the upstream that this file is of? */
function isAbout({ kind, input }: StepDraft, path: string): boolean {
  return kind === enoughAnswer.kind && (input as CapacityQuestion).file === path
}

function moveOf(
  { path, target }: SeenUpstream['file'],
  { before, text }: { readonly before: string; readonly text: string },
  id: RunId,
): FileMove {
  return { path, target, staged: stagedPath(target, id), from: sha256(before), to: sha256(text), mode: '0644', text }
}

/** The text is told to the step that uploads it, once. */
function withoutText({ path, target, staged, from, to, mode }: FileMove): FileMove {
  return { path, target, staged, from, to, mode }
}

async function changeOf(
  { host, group, file: { path } }: SeenUpstream,
  before: string,
  text: string,
): Promise<ServiceChange> {
  // Loaded where something differs: start-up time is a feature.
  const { diff } = await import('../../lib/diff.ts')
  const changed = { path, live: sha256(before), wanted: sha256(text), drift: null, diff: diff(before, text, []) }
  return { host, daemon: 'nginx', group: group.name, unit: group.unit, files: [changed] }
}
