import type { History } from '../engine/history.ts'
import { ZdtError } from '../lib/errors.ts'
import type { RunId } from '../lib/types.ts'
import type { PastRuns, Place } from './past-runs.ts'
import { setServerState } from '../steps/haproxy/set-state.ts'

/**
 * Throws, exit `refused`, where a later run has set a server otherwise than this one had: that is somebody's wish, and to go
 * on would undo it unasked. By the journals of this machine.
 */
export function refuseChangedSince(run: RunId, { steps }: Pick<History, 'steps'>, past: PastRuns): void {
  const since = [...steps.values()].flatMap(({ step, progress }) => {
    if (step.kind !== setServerState.kind || progress !== 'verified') return []
    const { seat, state } = step.input as { readonly seat: Omit<Place, 'host'>; readonly state: string }
    const last = past.lastState({ ...seat, host: step.host })
    if (!last || last.run === run || last.state === state) return []
    return [{ ...last, server: seat.server, where: `${step.host} ${seat.backend}/${seat.server}` }]
  })
  const [first] = since
  if (!first) return
  const where = [...new Set(since.map((one) => one.where))].join(', ')
  throw new ZdtError(`${where}: ${first.state} ${first.since}: to go on with run ${run} would undo that`, {
    code: 'changed-since',
    exit: 'refused',
    suggestions: [
      `zdt status ${first.server}`,
      `zdt ${first.state === 'ready' ? 'drain' : 'ready'} ${first.server}   # where that is no longer wanted; then zdt resume ${run}`,
      `zdt rollback ${run}   # takes back what it did`,
    ],
  })
}
