import type { ZdtError } from '../lib/errors.ts'
import type { Json } from '../lib/types.ts'
import type { Course } from './course.ts'
import type { Owed } from './debts.ts'
import { oddWorld } from './odd-world.ts'
import type { Step } from './plan.ts'
import { undoChange, UndoPaused } from './run-step.ts'
import { standOf } from './stand.ts'
import type { ChangeKind } from './step-kind.ts'
import { asZdtError, told } from './told.ts'

/** What of it is put back, and until when. */
interface Extent {
  /** Ends it between two steps, or where one waits, for whoever may wait. */
  readonly pause?: AbortSignal
  /** Default: all that is owed. */
  readonly only?: (step: Step) => boolean
}

/**
 * Undoes what is owed, last first, each looked at before it is touched; what is put back is no longer owed. Where one
 * cannot be undone, those of its own stage still are, for they stand side by side; then it stops and returns why: going on
 * past the stage would undo things that it still stands on.
 */
export async function putBack(
  course: Course,
  { pause, only = () => true }: Extent = {},
): Promise<ZdtError | undefined> {
  const stages = new Map(
    course.plan.stages.flatMap(({ number, steps }) => steps.map(({ id }) => [id, number] as const)),
  )
  const stuck: { step: Step; error: ZdtError }[] = []
  for (;;) {
    const last = course.owed.findLast(({ step }) => only(step) && stuck.every((one) => one.step.id !== step.id))
    const [first] = stuck
    if (!last || (first && stages.get(last.step.id) !== stages.get(first.step.id))) return first?.error
    if (pause?.aborted) return first?.error
    const { step } = last
    try {
      await putBackOne(course, last, pause)
    } catch (thrown) {
      if (thrown instanceof UndoPaused) return first?.error
      const error = asZdtError(thrown, step.host)
      await course.record({ event: 'undo-failed', step: step.id, error: told(error) })
      if (course.journalLost || course.engine.stop.aborted) return error
      stuck.push({ step, error })
      continue
    }
    course.debts.settle(step)
    if (course.journalLost) return course.journalLost
  }
}

async function putBackOne(course: Course, owed: Owed, pause: AbortSignal | undefined): Promise<void> {
  const { step, found } = owed
  const kind = changeOf(course, owed)
  if ((await isLeft(course, owed, pause)) === 'no') {
    if (kind.stays) course.stays = true
    const stays = kind.stays && { stays: kind.stays }
    await course.record({ event: 'undone', step: step.id, took: 0, foundSo: true, ...stays })
    return
  }
  for (const guard of kind.undoGuards?.(step.input, found, step.host) ?? []) {
    const guarding = course.kind(guard)
    if (guarding.flavour !== 'guard') throw new TypeError(`${guard.kind} guards nothing`)
    await guarding.check(guard.input, await course.on(guard.host))
  }
  await undoChange(kind, step, found, await course.both(step.host), course.record, pause)
}

function changeOf(course: Course, { step }: Owed): ChangeKind<Json, Json> {
  const kind = course.kind(step)
  if (kind.flavour !== 'change') throw new TypeError(`${step.kind} cannot be undone`)
  return kind
}

/** Is there anything of it left to undo? Where somebody else was there the operator says it. Throws UndoPaused. */
export async function isLeft(course: Course, owed: Owed, pause?: AbortSignal): Promise<'yes' | 'no'> {
  const kind = changeOf(course, owed)
  // It failed this very moment: `undo` is made for any half of it.
  if (owed.inHand || kind.undoLooks) return 'yes'
  for (;;) {
    const stand = await standOf(owed, kind, await course.on(owed.step.host), 'before', { pause })
    if (stand.stands === 'before') return 'no'
    if (stand.stands === 'after' || stand.halfway) return 'yes'
    if (pause?.aborted) throw new UndoPaused(owed.step)
    const { answer, error } = await oddWorld(course, owed.step, stand, 'put-back')
    if (answer === 'done') return 'yes'
    if (answer === 'not-done') return 'no'
    if (answer !== 'look-again') throw error
  }
}
