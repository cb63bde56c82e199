import type { History, Progress } from '../engine/history.ts'
import type { Step } from '../engine/plan.ts'
import { ZdtError } from '../lib/errors.ts'
import type { RunId } from '../lib/types.ts'
import { since, type PastRuns, type Place } from './past-runs.ts'
import type { Ahead } from './relied-on.ts'
import { isWhole, nameOf, settled } from './settled.ts'
import { setServerState } from '../steps/haproxy/set-state.ts'

interface Asking {
  readonly run: RunId
  readonly at: number
  readonly fleet?: string | undefined
}

/**
 * Throws, exit `refused`, where a later run has wanted a server otherwise than this one had set it, or written the same file or
 * map: that is somebody's wish, and to go on would undo it unasked. Not where the hosts are as this one left them all the same.
 */
export async function refuseChangedSince(
  { run, at, fleet }: Asking,
  { steps }: Pick<History, 'steps'>,
  past: PastRuns,
  ahead: Ahead,
): Promise<void> {
  await refuseWrittenSince({ run, at, fleet }, steps, past, ahead)
  // Of a seat that it drained and brought back, the last counts.
  const had = new Map<string, { readonly step: Step; readonly state: string }>()
  for (const { step, progress } of steps.values()) {
    if (step.kind !== setServerState.kind || !tried.has(progress)) continue
    const { state } = step.input as { readonly state: string }
    had.set(seatOf(step), { step, state })
  }
  const otherwise = [...had].flatMap(([where, { step, state }]) => {
    const place = placeOf(step)
    const last = past.lastState(place)
    return last && last.run !== run && last.at > at && last.state !== state
      ? [{ ...last, server: place.server, where, step }]
      : []
  })
  const again = otherwise.length === 0 ? undefined : await ahead()
  const later = otherwise.filter(({ step }) => again === undefined || again.has(step.id))
  const [first] = later
  if (!first) return
  const where = [...new Set(later.map((one) => one.where))].join(', ')
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

/** A file or a map is one whole: whoever has written it since meant all of it. */
async function refuseWrittenSince(
  { run, at, fleet }: Asking,
  steps: History['steps'],
  past: PastRuns,
  ahead: Ahead,
): Promise<void> {
  const later = [...steps.values()].flatMap(({ step }) => {
    const things = isWhole(step) ? settled(step) : []
    const thingIn = (other: Step) => things.find((thing) => settled(other).includes(thing))
    const last = past.lastAbout((one) => isWhole(one.step) && thingIn(one.step) !== undefined, fleet)
    const isNews = last && last.run !== run && last.at > at && last.made === 'change'
    return isNews ? [{ step, last, name: nameOf(thingIn(last.step) ?? '', last.step) }] : []
  })
  const again = later.length === 0 ? undefined : await ahead()
  const first = later.find(({ step }) => again === undefined || again.has(step.id))
  if (!first) return
  const { last, name } = first
  throw new ZdtError(`${name}: changed again ${since(last)}: to go on with run ${run} would undo that`, {
    code: 'changed-since',
    exit: 'refused',
    suggestions: [
      `zdt runs show ${last.run}   # what that was`,
      `zdt rollback ${last.run}   # where that is no longer wanted; then zdt resume ${run}, or zdt rollback ${run}`,
    ],
  })
}

/** What it has set, or may have: it died in the middle. */
const tried: ReadonlySet<Progress> = new Set(['verified', 'applying'])

function seatOf(step: Step): string {
  const { host, backend, server } = placeOf(step)
  return `${host} ${backend}/${server}`
}

function placeOf({ host, input }: Step): Place {
  const { seat } = input as { readonly seat: Omit<Place, 'host'> }
  return { ...seat, host }
}
