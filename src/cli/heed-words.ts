import type { Event, Record } from '../engine/events.ts'
import type { Leases } from '../hosts/lease/leases.ts'
import type { Word } from '../hosts/lease/words.ts'

/** What is said to a run from elsewhere: `zdt pause`, `abort`, `promote`. */
export interface Words {
  /** Somebody has said pause, or abort. */
  readonly pause: AbortSignal
  /** Somebody has said abort. */
  readonly abort: AbortSignal
  /** Aborted when somebody says yes to what is asked now; of what nobody asks, never. */
  approval(): AbortSignal
  /** Knows by the run's events what is asked. */
  follow(event: Event): void
  /** From now on no word is taken: whoever says one finds that the run has ended. */
  close(): void
}

/** Takes words from the run's leases, and tells each with who said it before anything comes of it. */
export function heedWords(leases: Pick<Leases, 'onWord'>, record: Record): Words {
  const pause = new AbortController()
  const abort = new AbortController()
  let asked: { readonly number: number; readonly yes: AbortController } | undefined
  let closed = false

  const heed = ({ id, verb, by, number }: Word): void => {
    if (closed) return
    const promotes = verb === 'promote'
    const heeded = !promotes || asked?.number === number
    const happening = { event: 'word', id, word: verb, by, heeded } as const
    // Written first, though not waited for: what comes of it comes after it in the journal.
    record(promotes ? { ...happening, number } : happening).catch(() => undefined)
    if (promotes) {
      if (heeded) asked?.yes.abort()
      return
    }
    if (verb === 'abort') abort.abort()
    pause.abort(new DOMException(`${verb} by ${by}`, 'AbortError'))
  }
  leases.onWord(heed)
  return {
    pause: pause.signal,
    abort: abort.signal,
    approval: () => asked?.yes.signal ?? new AbortController().signal,
    follow: (event) => {
      if (event.event === 'asking') asked = { number: event.number, yes: new AbortController() }
      if (event.event === 'answer') asked = undefined
    },
    close: () => {
      closed = true
    },
  }
}
