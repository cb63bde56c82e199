import { editServersFile, type ServerEdit } from '../../daemons/nginx/upstream/servers-file.ts'
import { stage, type StageDraft } from '../../engine/plan.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { FileMove } from '../../hosts/config/change.ts'
import { keptName, stagedPath } from '../../hosts/config/places.ts'
import type { Hosts } from '../../hosts/host.ts'
import { sha256 } from '../../lib/digest.ts'
import type { RunId } from '../../lib/types.ts'
import { configAsPlanned } from '../../steps/config/as-planned.ts'
import { fitForReload } from '../../steps/config/fit.ts'
import { putLive } from '../../steps/config/put-live.ts'
import { stageConfig } from '../../steps/config/stage-config.ts'
import { tryConfig } from '../../steps/config/try-config.ts'
import type { UndoQuestion } from '../../steps/upstream/enough-answer.ts'
import type { ServiceChange } from '../config/compare.ts'
import { outMeanwhile, type OutMeanwhile, type OutOptions } from '../out-meanwhile.ts'
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
  /** What to ask before it is undone. */
  readonly capacity?: (seen: SeenUpstream) => UndoQuestion
}

/**
 * Changes the servers of upstreams: the files uploaded and tried on every host, then host by host put in place, reloaded and
 * proved, each taken out of HAProxy's pools meanwhile where it is in one. Nothing where every file is so already.
 */
export async function changeUpstreams(
  { fleet, hosts, id }: { readonly fleet: Fleet; readonly hosts: Hosts; readonly id: RunId },
  seen: readonly SeenUpstream[],
  { edits, capacity }: Wanted,
  options: OutOptions,
): Promise<UpstreamChange> {
  const files = seen.flatMap((one) => {
    const text = editServersFile(one.text, edits(one))
    return text === one.text ? [] : [{ seen: one, text }]
  })
  const works = files.map(({ seen: one, text }) => ({
    host: one.host,
    which: { daemon: 'nginx' as const, unit: one.group.unit, group: one.group.name, config: one.group.config },
    move: moveOf(one.file, text, id),
    kept: `${keptName(id)}-${one.pool.name}`,
    ...(capacity && { capacity: capacity(one) }),
  }))
  const out: OutMeanwhile[] = []
  for (const { host } of works) out.push(await outMeanwhile(fleet, hosts, [host], options))
  return {
    out,
    changes: await Promise.all(files.map(({ seen: one, text }) => changeOf(one, text))),
    stages: [
      stage(
        'nobody has changed the files since',
        works.map(({ host, move }) => configAsPlanned.at(host, { moves: [withoutText(move)] })),
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
        stage(`${which.daemon}/${which.group} on ${host}: put in place, reload, proof`, [
          putLive.at(host, { ...which, ...rest, moves: [withoutText(move)], shelf: 'run-time', reload: true }),
        ]),
        ...(out[index]?.after ?? []),
      ]),
    ],
  }
}

function moveOf({ path, target, sha256: from }: SeenUpstream['file'], text: string, id: RunId): FileMove {
  return { path, target, staged: stagedPath(target, id), from, to: sha256(text), mode: '0644', text }
}

/** The text is told to the step that uploads it, once. */
function withoutText({ path, target, staged, from, to, mode }: FileMove): FileMove {
  return { path, target, staged, from, to, mode }
}

async function changeOf({ host, group, file, text: before }: SeenUpstream, text: string): Promise<ServiceChange> {
  // Loaded where something differs: start-up time is a feature.
  const { diff } = await import('../../lib/diff.ts')
  const { path, sha256: live } = file
  const changed = { path, live, wanted: sha256(text), drift: null, diff: diff(before, text, []) }
  return { host, daemon: 'nginx', group: group.name, unit: group.unit, files: [changed] }
}
