import { serverAt, type ServerEdit } from '../../daemons/nginx/upstream/servers-file.ts'
import type { StepDraft } from '../../engine/plan.ts'
import type { UndoAsks } from '../../steps/upstream/before-undo.ts'
import { questionOf } from './capacity.ts'
import { changeUpstreams, type Onwards, type UpstreamChange } from './change.ts'
import { healthOf, type SeenUpstream } from './look.ts'

/**
 * `down` to nginx: no new requests; those under way end with the workers of before. `guards`: that enough stay, asked again
 * right before. Before it is undone the servers must answer: nginx checks nobody.
 */
export function takenDown(
  onwards: Onwards,
  upstreams: readonly SeenUpstream[],
  guards: readonly StepDraft[],
): Promise<UpstreamChange> {
  return changeUpstreams(onwards, upstreams, { edits: (seen) => downed(seen, true), guards, undo: mustAnswer })
}

/** The `down` of seats taken away; before that is undone it is asked whether enough would stay. */
export function broughtBack(onwards: Onwards, upstreams: readonly SeenUpstream[]): Promise<UpstreamChange> {
  return changeUpstreams(onwards, upstreams, { edits: (seen) => downed(seen, false), undo: enoughStay })
}

function downed({ seats }: SeenUpstream, down: boolean): ServerEdit[] {
  return seats.map(({ address, port }) => ({ address, port, down }))
}

/** Before they are taken out again it is asked whether enough would stay. */
export function enoughStay(seen: SeenUpstream): UndoAsks {
  return { capacity: questionOf(seen, `taking ${seen.seats.map(({ server }) => server).join(', ')} out again`) }
}

/** Those that serve before; who was down already stays so. */
function mustAnswer({ pool, seats, servers }: SeenUpstream): UndoAsks {
  const back = seats.filter((seat) => serverAt(servers, seat)?.down === false)
  return {
    answers: {
      health: healthOf(pool),
      servers: back.map(({ server: name, address, port }) => ({ name, address, port })),
    },
  }
}
