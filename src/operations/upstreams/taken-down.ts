import type { ServerEdit } from '../../daemons/nginx/upstream/servers-file.ts'
import type { UndoQuestion } from '../../steps/upstream/enough-answer.ts'
import { questionOf } from './capacity.ts'
import { changeUpstreams, type Onwards, type UpstreamChange } from './change.ts'
import type { SeenUpstream } from './look.ts'

/** `down` to nginx: no new requests; those under way end with the workers of before. */
export function takenDown(onwards: Onwards, upstreams: readonly SeenUpstream[]): Promise<UpstreamChange> {
  return changeUpstreams(onwards, upstreams, { edits: (seen) => downed(seen, true) })
}

/** The `down` of seats taken away; before that is undone it is asked whether enough would stay. */
export function broughtBack(onwards: Onwards, upstreams: readonly SeenUpstream[]): Promise<UpstreamChange> {
  return changeUpstreams(onwards, upstreams, { edits: (seen) => downed(seen, false), capacity: beforeUndo })
}

function downed({ seats }: SeenUpstream, down: boolean): ServerEdit[] {
  return seats.map(({ address, port }) => ({ address, port, down }))
}

function beforeUndo(seen: SeenUpstream): UndoQuestion {
  return questionOf(seen, `taking ${seen.seats.map(({ server }) => server).join(', ')} out again`)
}
