import type { History } from '../engine/history.ts'
import type { Step } from '../engine/plan.ts'
import { ZdtError } from '../lib/errors.ts'
import type { RunId } from '../lib/types.ts'
import type { PastRuns, Place } from './past-runs.ts'
import { setServerState } from '../steps/haproxy/set-state.ts'

/**
 * Throws, exit `refused`, where a later run has set a server otherwise than this one had: that is somebody's wish, and to go
 * on would undo it unasked. By the journals of this machine.
 */
export function refuseChangedSince(run: RunId, { steps }: Pick<History, 'steps'>, past: PastRuns): void {
  // Of a seat that it drained and brought back, the last counts.
  const had = new Map<string, { readonly place: Place; readonly state: string }>()
  for (const { step, progress } of steps.values()) {
    if (step.kind !== setServerState.kind || progress !== 'verified') continue
    const { state } = step.input as { readonly state: string }
    had.set(seatOf(step), { place: placeOf(step), state })
  }
  const since = [...had].flatMap(([where, { place, state }]) => {
    const last = past.lastState(place)
    return last && last.run !== run && last.state !== state ? [{ ...last, server: place.server, where }] : []
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

function seatOf(step: Step): string {
  const { host, backend, server } = placeOf(step)
  return `${host} ${backend}/${server}`
}

function placeOf({ host, input }: Step): Place {
  const { seat } = input as { readonly seat: Omit<Place, 'host'> }
  return { ...seat, host }
}
