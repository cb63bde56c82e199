import type { Place } from '../daemons/haproxy/commands.ts'
import type { Step } from '../engine/plan.ts'
import type { FileMove } from '../hosts/config/change.ts'
import { appRuns } from '../steps/app/runs.ts'
import { configAsPlanned } from '../steps/config/as-planned.ts'
import { putLive } from '../steps/config/put-live.ts'
import { stepKinds } from '../steps/index.ts'
import { loadMap } from '../steps/split/load-map.ts'
import { fileThing, seatThing } from '../steps/things.ts'

/** What a step has left as it wants it: what it changed, or the files that it found as they are to be. */
export function settled(step: Step): readonly string[] {
  try {
    return thingsOf(step)
  } catch {
    // A journal of another version may have steps of the same name and another shape: they tell nothing of this one.
    return []
  }
}

function thingsOf({ kind, host, input }: Step): readonly string[] {
  if (kind === putLive.kind) return [...filesOf(host, input, ({ from, to }) => from !== to), ...broughtBy(host, input)]
  if (kind === configAsPlanned.kind) return filesOf(host, input, ({ from, to }) => from === to)
  const known = stepKinds.get(kind)
  if (kind === appRuns.kind && known?.flavour === 'guard') return known.protects?.(input, host) ?? []
  return known?.flavour === 'change' && known.noWish !== true ? known.about(input, host) : []
}

function filesOf(host: Step['host'], input: unknown, which: (move: FileMove) => boolean): string[] {
  const { moves } = input as { readonly moves: readonly FileMove[] }
  return moves.filter(which).map(({ target }) => fileThing(host, target))
}

/** What becomes of one file by a step that puts it in place. */
export function moveOf({ host, input }: Step, thing: string): FileMove | undefined {
  const { moves } = input as { readonly moves: readonly FileMove[] }
  return moves.find(({ target }) => fileThing(host, target) === thing)
}

/** Servers that a reload brings, in maintenance. */
export function broughtBy(host: Step['host'], input: unknown): string[] {
  const { socket = '', atRest = [] } = input as { readonly socket?: string; readonly atRest?: readonly Place[] }
  return atRest.map((place) => seatThing(host, { socket, ...place }, 'state'))
}

/** What a file says, or a map in HAProxy's memory, is one whole: a later change is of what this run has written. */
export function isWhole({ kind }: Step): boolean {
  return kind === putLive.kind || kind === loadMap.kind
}

/** The thing as it is said, by a step that has settled it: `lb2: /etc/haproxy/haproxy.cfg`. */
export function nameOf(thing: string, step: Step): string {
  if (step.kind === putLive.kind) return moveOf(step, thing) ? `${step.host}: ${moveOf(step, thing)?.path}` : thing
  return `${step.host}: ${stepKinds.get(step.kind)?.describe(step.input, step.host).title ?? thing}`
}
