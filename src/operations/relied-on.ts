import { isDeepStrictEqual } from 'node:util'
import type { History, Past as Done } from '../engine/history.ts'
import type { Step } from '../engine/plan.ts'
import { ZdtError } from '../lib/errors.ts'
import type { RunId } from '../lib/types.ts'
import { appRuns } from '../steps/app/runs.ts'
import { configAsPlanned } from '../steps/config/as-planned.ts'
import { putLive } from '../steps/config/put-live.ts'
import { addServerAtRunTime } from '../steps/haproxy/add-server.ts'
import { setServerState } from '../steps/haproxy/set-state.ts'
import { stepKinds } from '../steps/index.ts'
import { broughtBy, isWhole, moveOf, nameOf, settled } from './settled.ts'
import { since, type Past, type PastRuns } from './past-runs.ts'

/** One thing that a run has changed: a server's state, a file, the version of an application. */
interface Changed {
  readonly thing: string
  /** As it is said: `lb2: /etc/haproxy/haproxy.cfg`. */
  readonly name: string
  /** All that the run did about it and still owes, in its order. */
  readonly steps: readonly Done[]
}

interface Asked {
  readonly run: RunId
  /** When it was begun. */
  readonly at: number
  /** Two fleets may call different machines by the same names. */
  readonly fleet?: string | undefined
  /** Runs that are taken back together with it: what they rely on they rely on no longer. */
  readonly beside?: ReadonlySet<string>
}

/** The steps that going on, or taking back, would do or undo as the hosts are now; undefined where they do not tell. */
export type Ahead = () => Promise<ReadonlySet<string> | undefined>

/**
 * Throws, exit `refused`, where a later run found something as this one had set it and was content with that, has set it so
 * again, or has changed a file again, and was not taken back itself: to take this one back would undo a wish unasked, and leave
 * the later one half undone. Not where nothing is left to be undone of it, as somebody has done that already.
 */
export async function refuseReliedOn(
  asked: Asked,
  { owed, ended }: Pick<History, 'owed' | 'ended'>,
  past: PastRuns,
  ahead: Ahead,
): Promise<void> {
  const all = changedBy(owed).flatMap((changed) => {
    const isOwn = (run: string) => run === asked.run || asked.beside?.has(run) === true
    const last = past.lastAbout(
      // That it found so itself what it had set says nothing about whoever came in between.
      (one) => settled(one.step).includes(changed.thing) && !(isOwn(one.run) && isContent(one)),
      asked.fleet,
    )
    const relies =
      last &&
      !isOwn(last.run) &&
      last.at > asked.at &&
      // Its way back goes through what it was in between: whoever wants it otherwise by now would lose that on the way.
      (comesToNothing(changed)
        ? isOtherWish(changed, last.step)
        : isContent(last) ||
          isWhole(last.step) ||
          isSameWish(changed, last.step) ||
          (brings(changed) && isMadeReady(last.step)))
    return relies ? [{ changed, last }] : []
  })
  const undone = all.length === 0 ? undefined : await ahead()
  const relied = all.filter(
    ({ changed }) => undone === undefined || changed.steps.some(({ step }) => undone.has(step.id)),
  )
  const [first] = relied
  if (!first) return
  const where = relied.map(({ changed }) => changed.name).join(', ')
  const how = howWanted(first)
  throw new ZdtError(`${where}: ${how}: to take run ${asked.run} back would undo that`, {
    code: 'relied-on',
    exit: 'refused',
    suggestions: [
      ...wayOut(relied, asked.run, past),
      ...(ended === 'done' || relied.some(({ last }) => isWhole(last.step))
        ? []
        : [`zdt resume ${asked.run}   # goes on, and leaves it so`]),
    ],
  })
}

function changedBy(owed: readonly Done[]): Changed[] {
  const each = owed.flatMap((one) => settled(one.step).map((thing) => ({ thing, one })))
  return [...Map.groupBy(each, ({ thing }) => thing)].map(([thing, own]) => {
    const steps = own.map(({ one }) => one)
    const last = steps.at(-1)?.step
    return { thing, steps, name: last ? nameOf(thing, last) : thing }
  })
}

/** Taken back it would be as it is: a server that was drained and brought back, a file that was changed there and back. */
function comesToNothing({ thing, steps }: Changed): boolean {
  const [first, last] = [steps[0], steps.at(-1)]
  if (!first || !last || first.step.kind !== last.step.kind) return false
  if (first.step.kind === putLive.kind) {
    const move = moveOf(first.step, thing)
    return move !== undefined && move.from === moveOf(last.step, thing)?.to
  }
  const kind = stepKinds.get(last.step.kind)
  return kind?.flavour === 'change' && first.found !== undefined && kind.isDone(last.step.input, first.found)
}

/** Has it brought the server itself, in maintenance? It would be gone, and whoever has made it serve since relies on it. */
function brings({ thing, steps }: Changed): boolean {
  return steps.some(({ step: { kind, host, input } }) =>
    kind === addServerAtRunTime.kind
      ? (input as { readonly atRest?: true }).atRest === true
      : kind === putLive.kind && broughtBy(host, input).includes(thing),
  )
}

/** It was otherwise in between, and a later run has set it so anew: then that is the later one's. */
function isSameWish({ steps }: Changed, later: Step): boolean {
  const own = steps.at(-1)?.step
  if (own?.kind !== later.kind) return false
  if (own.kind !== setServerState.kind) return isDeepStrictEqual(own.input, later.input)
  return (own.input as { readonly state: string }).state === (later.input as { readonly state: string }).state
}

function isOtherWish(changed: Changed, later: Step): boolean {
  return changed.steps.at(-1)?.step.kind === later.kind && !isSameWish(changed, later)
}

function isMadeReady({ kind, input }: Step): boolean {
  return kind === setServerState.kind && (input as { readonly state: string }).state === 'ready'
}

/** It has changed nothing, for it found what it wanted. */
function isContent({ made, step }: Past): boolean {
  return made === 'already' || step.kind === configAsPlanned.kind || step.kind === appRuns.kind
}

interface Relied {
  readonly changed: Changed
  readonly last: Past
}

function howWanted({ changed, last }: Relied): string {
  if (comesToNothing(changed)) return `wanted otherwise ${since(last)}`
  return isContent(last) ? `wanted so ${since(last)}, too` : `changed again ${since(last)}`
}

/** The later runs go first, the last of them first. */
function wayOut(relied: readonly Relied[], run: RunId, past: PastRuns): string[] {
  const step = relied[0]?.changed.steps.at(-1)?.step
  if (step?.kind === setServerState.kind) {
    const { seat, ...own } = step.input as { readonly seat: { readonly server: string }; readonly state: string }
    const last = relied[0]?.last.step
    const { state } = last?.kind === setServerState.kind ? (last.input as { readonly state: string }) : own
    const other = state === 'ready' ? 'drain' : 'ready'
    return [
      `zdt status ${seat.server}`,
      `zdt ${other} ${seat.server}   # where that is no longer wanted; then zdt rollback ${run}`,
    ]
  }
  const later = [...new Set(relied.toSorted((a, b) => b.last.at - a.last.at).map(({ last }) => last.run))]
  const changing = later.filter((one) => past.hasChanged(one))
  const shown = later.slice(0, 1).map((one) => `zdt runs show ${one}   # what that was`)
  const back = changing.map((one, index) =>
    index < changing.length - 1
      ? `zdt rollback ${one}   # and what follows, where that is no longer wanted`
      : `zdt rollback ${one}   # where that is no longer wanted; then zdt rollback ${run}`,
  )
  return [...shown, ...back]
}
