import { sleep } from '../lib/clock.ts'
import { ZdtError } from '../lib/errors.ts'
import type { Json, Millis } from '../lib/types.ts'
import { listenTo } from './listen.ts'
import type { Step } from './plan.ts'
import {
  NoUseWaiting,
  type Awaited,
  type Both,
  type ChangeKind,
  type GuardKind,
  type On,
  type Tell,
  type WaitKind,
} from './step-kind.ts'
import type { Record } from './events.ts'

/** How a step came out: a change was made, or nothing had to be; a wait ended, or its time did. */
export type StepEnd =
  { readonly end: 'done' | 'already' } | { readonly end: 'overtime'; readonly awaiting: readonly string[] }

const between: Millis = 100

/** What takes longer than a moment says what it waits for, and again every so often. */
const quietly: Millis = 1000
export const tellEvery: Millis = 500

/** observe → journal → isDone? → journal `applying` → apply → verify until true. `owe` is called before anything changes. */
export async function runChange(
  kind: ChangeKind<Json, Json>,
  step: Step,
  { on, changing }: Both,
  record: Record,
  owe: (found: Json) => void,
): Promise<StepEnd> {
  const started = Date.now()
  const found = await kind.observe(step.input, on)
  await record({ event: 'observed', step: step.id, found })
  if (kind.isDone(step.input, found)) {
    await record({ event: 'already', step: step.id })
    return { end: 'already' }
  }
  on.signal.throwIfAborted()
  await record({ event: 'applying', step: step.id })
  owe(found)
  await kind.apply(step.input, found, changing)
  const patience = kind.patience?.(step.input) ?? 10_000
  const tell = (awaiting: readonly string[]) => record({ event: 'waiting', step: step.id, awaiting, timeout: patience })
  const hear = listenTo(kind, step, record)
  const look = async (on: On) => {
    const seen = await kind.verify(step.input, found, on).catch(async (error: unknown) => {
      await hear(on)
      throw error
    })
    await hear(on)
    return seen
  }
  await until(look, patience, on, { tell, interval: kind.interval?.(step.input) })
  await record({ event: 'verified', step: step.id, took: Date.now() - started })
  return { end: 'done' }
}

/** Checks once. Throws what the guard throws. */
export async function runGuard(kind: GuardKind<Json>, step: Step, on: On, record: Record): Promise<StepEnd> {
  const started = Date.now()
  await kind.check(step.input, on)
  await record({ event: 'verified', step: step.id, took: Date.now() - started })
  return { end: 'already' }
}

/** Looks until nothing is awaited any more, the time is over, or `pause` says that it is no longer wanted: waiting changes nothing. */
export async function runWait(
  kind: WaitKind<Json>,
  step: Step,
  { on, changing }: Both,
  record: Record,
  pause: AbortSignal,
): Promise<StepEnd> {
  await kind.sustain?.(step.input, changing)
  const started = Date.now()
  const timeout = kind.timeout(step.input)
  const wanted = kind.inARow?.(step.input) ?? 1
  for (let inARow = 0; ;) {
    const { done, awaiting, came } = await kind.look(step.input, on, Date.now() - started)
    const took = Date.now() - started
    inARow = done ? inARow + 1 : 0
    if (inARow >= wanted) {
      if (came !== undefined) await record({ event: 'output', step: step.id, lines: [came] })
      await record({ event: 'verified', step: step.id, took })
      return { end: 'already' }
    }
    if (pause.aborted) return { end: 'overtime', awaiting }
    if (took >= timeout && !done) {
      await record({ event: 'timed-out', step: step.id, took, awaiting })
      return { end: 'overtime', awaiting }
    }
    await record({ event: 'waiting', step: step.id, awaiting, timeout })
    const interval = kind.interval?.(step.input, Date.now() - started) ?? 500
    await sleep(interval, AbortSignal.any([on.signal, pause])).catch(() => on.signal.throwIfAborted())
  }
}

/** undo → poll `undone`. Throws when the host does not show it in time. */
export async function undoChange(
  kind: ChangeKind<Json, Json>,
  step: Step,
  found: Json,
  { on, changing }: Both,
  record: Record,
  pause?: AbortSignal,
): Promise<void> {
  const started = Date.now()
  const patience = kind.undoPatience?.(step.input) ?? kind.patience?.(step.input) ?? 10_000
  const tell: Tell = async (awaiting, timeout) => {
    if (pause?.aborted) throw new UndoPaused(step)
    await record({ event: 'waiting', step: step.id, awaiting, timeout })
  }
  await record({ event: 'undoing', step: step.id })
  await kind.undo(step.input, found, changing, tell)
  await until((on) => kind.undone(step.input, found, on), patience, on, {
    tell: (awaiting) => tell(awaiting, patience),
  })
  await record({ event: 'undone', step: step.id, took: Date.now() - started })
}

/** Whoever takes a run back would rather go on later than wait: what it waits for has not come, and the step is owed still. */
export class UndoPaused extends ZdtError {
  constructor({ host }: Step) {
    super('paused while it waited', { code: 'undo-paused', exit: 'left', host })
  }
}

interface Telling {
  readonly tell?: (awaiting: readonly string[]) => Promise<void>
  readonly interval?: Millis | undefined
}

/**
 * Polls. A look that throws is a look that saw nothing yet: a daemon in mid-change may not answer for a moment, and a
 * connection that was cut is opened anew for the next look.
 */
async function until(
  look: (on: On) => Promise<Awaited>,
  patience: Millis,
  on: On,
  { tell, interval = between }: Telling = {},
): Promise<void> {
  const deadline = Date.now() + patience
  let told = Date.now() - tellEvery + quietly
  for (;;) {
    let error: unknown
    const seen = await lookAnew(look, on).catch((thrown: unknown) => {
      error = thrown
    })
    if (seen?.done) return
    on.signal.throwIfAborted()
    if (error instanceof NoUseWaiting) throw error
    if (Date.now() >= deadline) {
      if (error) throw error
      throw new NotSeen(on.host.name, seen?.awaiting ?? [])
    }
    if (seen && seen.awaiting.length > 0 && Date.now() - told >= tellEvery) {
      told = Date.now()
      await tell?.(seen.awaiting)
    }
    await sleep(interval, on.signal)
  }
}

async function lookAnew(look: (on: On) => Promise<Awaited>, on: On): Promise<Awaited> {
  // One that cannot be reached says so itself when it is asked.
  return look({ ...on, host: await on.other(on.host.name).catch(() => on.host) })
}

/** The command was given, but the host does not show that it took. */
export class NotSeen extends ZdtError {
  constructor(host: string, awaiting: readonly string[]) {
    super(awaiting.join('; ') || 'the host does not show that it took', { code: 'not-verified', exit: 'left', host })
  }
}
