import { sleep } from '../lib/clock.ts'
import type { Json } from '../lib/types.ts'
import type { Past } from './history.ts'
import { EndedBadly, NoUseWaiting, type Awaited, type ChangeKind, type On } from './step-kind.ts'

/** Where the world stands to a step that was begun: it is as the step leaves it, or as it was found, or neither. */
export interface Stand {
  readonly stands: 'after' | 'before' | 'neither'
  /** Neither, but as the step or its undo leaves it when it dies in the middle. */
  readonly halfway: boolean
  readonly notAfter: readonly string[]
  readonly notBefore: readonly string[]
  /** It has ended, and badly: nobody else was there. */
  readonly badly?: EndedBadly
}

/** Which of two truths is asked first, where both hold: a step may have found what it wanted. */
type First = 'after' | 'before'

const between = 100

interface Sight {
  readonly done: boolean
  readonly awaiting: readonly string[]
  readonly error?: unknown
}

/** What a look that lasts is told, and what ends it. */
interface Looking {
  readonly tell?: (awaiting: readonly string[], on: On) => Promise<void>
  /** Ends the waiting, not the look in hand: what is neither by then may still become one of the two. */
  readonly pause?: AbortSignal | undefined
}

/**
 * Looks until the world is one or the other, or the kind's patience is over: a daemon may be in the middle of it. Throws
 * what the host throws when it cannot be looked at.
 */
export async function standOf(
  { step, progress, found = null }: Past,
  kind: ChangeKind<Json, Json>,
  on: On,
  first: First,
  { tell, pause }: Looking = {},
): Promise<Stand> {
  const deadline = Date.now() + (kind.patience?.(step.input) ?? 10_000)
  const isDone = async (): Promise<Awaited> => ({
    done: kind.isDone(step.input, await kind.observe(step.input, on)),
    awaiting: ['it is no longer as it was found'],
  })
  // Of a step that found it done, `verify` may ask for more than there was: maintenance counts as drained.
  const isAfter = () => sight(() => (progress === 'already' ? isDone() : kind.verify(step.input, found, on)))
  const isBefore = async () => {
    const undone = await sight(() => kind.undone(step.input, found, on))
    if (undone.done || first === 'before' || !kind.untouched) return undone
    return sight(async () => (await kind.untouched?.(step.input, found, on)) ?? undone)
  }
  for (let twice = false; ;) {
    const after = await isAfter()
    if (after.done && first === 'after') return of('after')
    const before = await isBefore()
    // What was on its way to the host when zdt died may arrive after the first look.
    if (before.done && (twice || progress !== 'applying')) return of('before')
    if (after.done && !before.done) return of('after')
    on.signal.throwIfAborted()
    const late = Date.now() >= deadline || pause?.aborted === true
    const settled = first === 'before' || late || after.error instanceof NoUseWaiting
    const halfway = !before.done && settled && (await kind.halfway?.(step.input, found, on)) === true
    if (halfway || ((late || after.error instanceof EndedBadly) && !before.done)) {
      const unseen = halfway ? undefined : [after, before].find(cannotLook)
      if (unseen) throw unseen.error
      const badly = after.error instanceof EndedBadly && { badly: after.error }
      return { stands: 'neither', halfway, notAfter: after.awaiting, notBefore: before.awaiting, ...badly }
    }
    twice = before.done
    if (!before.done) await tell?.(after.awaiting, on)
    await sleep(kind.interval?.(step.input) ?? between, on.signal)
  }
}

function of(stands: 'after' | 'before'): Stand {
  return { stands, halfway: false, notAfter: [], notBefore: [] }
}

async function sight(look: () => Promise<Awaited>): Promise<Sight> {
  try {
    return await look()
  } catch (error) {
    return { done: false, awaiting: [error instanceof Error ? error.message : String(error)], error }
  }
}

/** The host could not be looked at: that says nothing about it. */
function cannotLook({ error }: Sight): boolean {
  return error !== undefined && !(error instanceof NoUseWaiting)
}
