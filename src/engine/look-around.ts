import type { Json } from '../lib/types.ts'
import type { Course, Verdict } from './course.ts'
import type { History, Past } from './history.ts'
import { oddWorld } from './odd-world.ts'
import { listenTo } from './listen.ts'
import type { Step } from './plan.ts'
import { tellEvery, undoChange } from './run-step.ts'
import { standOf, type Stand } from './stand.ts'
import type { ChangeKind, On } from './step-kind.ts'

/** Which of the changes that were begun hold now, by their ids; or how it ended, where the operator would not go on. */
export type Around = { readonly holding: ReadonlySet<string> } | { readonly verdict: Verdict | 'put-back' }

/** What became of one step: it holds, or must be done again; `again`: that it was done cannot be seen. */
type Fate = 'holds' | 'gone' | 'again'

const begun: ReadonlySet<Past['progress']> = new Set(['already', 'applying', 'verified', 'undoing', 'undo-failed'])

/**
 * Looks at everything that a run has changed before it is gone on with. Of the steps about one thing the latest must hold;
 * where it does not, those before it are asked, down to one that does. What it finds half undone it undoes whole, but for
 * whoever `touches` nothing.
 */
export async function lookAround(history: History, course: Course, { touches = true } = {}): Promise<Around> {
  const fates = new Map<string, Fate>()
  for (const chain of chainsOf(history, course)) {
    for (const past of chain.toReversed()) {
      const fate = fates.get(past.step.id) ?? (await fateOf(past, course, touches))
      if (typeof fate === 'object') return fate
      fates.set(past.step.id, fate)
      if (fate !== 'gone') break
    }
  }
  // Below the latest that holds nothing was looked at: it held when that was begun.
  const lost = new Set([...fates].flatMap(([id, fate]) => (fate === 'holds' ? [] : [id])))
  return { holding: new Set(changesOf(history, course).flatMap(({ step: { id } }) => (lost.has(id) ? [] : [id]))) }
}

/** The changes that were begun, each with its kind, in the plan's order; of what was left out nothing is asked. */
function changesOf({ steps }: History, course: Course): Past[] {
  return [...steps.values()].filter(
    ({ step, progress }) => begun.has(progress) && course.kind(step).flavour === 'change' && !course.isOut(step),
  )
}

/** By thing, the changes that were begun about it. */
function chainsOf(history: History, course: Course): Past[][] {
  const chains = new Map<string, Past[]>()
  for (const past of changesOf(history, course)) {
    for (const thing of thingsOf(past.step, course)) chains.set(thing, [...(chains.get(thing) ?? []), past])
  }
  return [...chains.values()]
}

/** What a change is about. */
export function thingsOf(step: Step, course: Course): readonly string[] {
  const kind = course.kind(step)
  return kind.flavour === 'change' ? kind.about(step.input, step.host) : []
}

async function fateOf(past: Past, course: Course, touches: boolean): Promise<Fate | { verdict: Verdict | 'put-back' }> {
  const { step, progress } = past
  const kind = course.kind(step)
  if (kind.flavour !== 'change') throw new TypeError(`${step.kind} changes nothing`)
  for (;;) {
    if (course.engine.pause.aborted) return { verdict: course.interrupted() }
    const stand = await standTold(past, kind, course)
    if (stand.stands === 'after') return kind.traceless && progress === 'applying' ? 'again' : holds(past, course)
    if (stand.stands === 'before') return gone(past, course)
    if (course.engine.pause.aborted) continue
    if (stand.halfway) {
      if (touches) await finishUndoing(past, kind, course)
      return 'gone'
    }
    const { answer, error } = await oddWorld(course, step, stand, 'resume')
    if (answer === 'done') return holds(past, course)
    if (answer === 'not-done') return gone(past, course)
    if (answer === 'put-back') return { verdict: 'put-back' }
    if (answer === 'pause' && !course.engine.pause.aborted)
      return { verdict: { ended: course.touched ? 'paused' : 'untouched', error } }
  }
}

/** What is still under way is told of like any wait, with what it says. */
async function standTold(past: Past, kind: ChangeKind<Json, Json>, course: Course): Promise<Stand> {
  const { step, progress } = past
  const { record } = course
  const isOver = progress === 'verified' || progress === 'already'
  const hear = isOver ? () => Promise.resolve() : listenTo(kind, step, record)
  const timeout = kind.patience?.(step.input) ?? 10_000
  let told = Date.now()
  const tell = async (awaiting: readonly string[], on: On): Promise<void> => {
    await hear(on)
    if (Date.now() - told < tellEvery) return
    told = Date.now()
    await record({ event: 'waiting', step: step.id, awaiting, timeout })
  }
  await course.mayBeAway(step, true)
  const stand = await standOf(past, kind, await course.on(step.host), 'after', {
    tell,
    pause: course.engine.pause,
  })
  await hear(await course.on(step.host))
  await course.mayBeAway(step, false)
  return stand
}

/** The journal may not know yet: zdt died before it had seen it. */
async function holds({ step, progress }: Past, course: Course): Promise<Fate> {
  if (progress !== 'already' && progress !== 'verified') {
    await course.record({ event: 'verified', step: step.id, took: 0, foundSo: true })
    course.debts.seenDone(step)
  }
  return 'holds'
}

/** Nothing of it is left: what it finds when it is run again is what counts from then on. */
async function gone({ step, progress }: Past, course: Course): Promise<Fate> {
  if (progress !== 'already') {
    await course.record({ event: 'undone', step: step.id, took: 0, foundSo: true })
    course.debts.settle(step)
  }
  return 'gone'
}

/** It died in the middle, and its undo knows the way back from there: only from before can it be run again. */
async function finishUndoing(
  { step, found = null }: Past,
  kind: ChangeKind<Json, Json>,
  course: Course,
): Promise<void> {
  await undoChange(kind, step, found, await course.both(step.host), course.record)
  course.debts.settle(step)
}
