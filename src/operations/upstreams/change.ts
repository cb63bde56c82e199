import { editServersFile, type ServerEdit } from '../../daemons/nginx/upstream/servers-file.ts'
import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import type { RunId } from '../../lib/types.ts'
import { configAsPlanned } from '../../steps/config/as-planned.ts'
import type { UndoAsks } from '../../steps/upstream/before-undo.ts'
import { enoughAnswer, type CapacityQuestion } from '../../steps/upstream/enough-answer.ts'
import type { ServiceChange } from '../config/compare.ts'
import { outsOf, type OutMeanwhile, type OutOptions, type Outs } from '../out-meanwhile.ts'
import type { World } from '../operation.ts'
import { changeOf, keptTurn, moveOf, putFiles, withoutText } from '../run-time-files.ts'
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
    which: whichOf(one),
    moves: [moveOf(one.file, { before, text }, id)],
    kept: keptTurn(id, turn, one.pool.name),
    reload: true,
    ...undo?.(one),
  }))
  const out = await Promise.all(works.map(({ host }) => outs(host)))
  return {
    out,
    changes: await Promise.all(
      files.map(({ seen: one, before, text }) =>
        changeOf(one.host, whichOf(one), [{ path: one.file.path, before, text }]),
      ),
    ),
    stages: putFiles(works, {
      unchanged,
      around: (work) => {
        const { before = [], after } = out[works.indexOf(work as (typeof works)[number])] ?? {}
        const own = guards.filter((guard) => guard.host === work.host && isAbout(guard, work.moves[0]?.path))
        return { before: [...before, stage('enough servers stay', own)], ...(after && { after }) }
      },
    }),
  }
}

function whichOf({ group }: SeenUpstream) {
  return { daemon: 'nginx' as const, unit: group.unit, group: group.name, config: group.config }
}

/** Is it asked of the upstream that this file is of? */
function isAbout({ kind, input }: StepDraft, path: string | undefined): boolean {
  return kind === enoughAnswer.kind && (input as CapacityQuestion).file === path
}
