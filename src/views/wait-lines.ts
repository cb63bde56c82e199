import type { Event } from '../engine/events.ts'
import { formatDuration } from '../lib/durations.ts'
import type { Millis } from '../lib/types.ts'
import { cleanLine } from './clean.ts'

type Waiting = Extract<Event, { event: 'waiting' }>

/** Says of a wait what is worth a line in a log. */
export interface WaitTeller {
  /** One line, or none when nothing changed since the last. */
  tell(event: Waiting): string[]
  forget(step: string): void
}

const atLeastEvery: Millis = 30_000
const atMostEvery: Millis = 2000
const shown = 8

/** A poll is no news: a wait is told when who is awaited changes, and every 30 s as a sign of life. */
export function makeWaitTeller(): WaitTeller {
  const waits = new Map<string, { readonly since: number; told: number; key: string }>()
  return {
    tell({ step, at, awaiting, timeout }) {
      const key = awaiting.map(withoutAge).join('\n')
      const before = waits.get(step)
      const changed = before?.key !== key && at - (before?.told ?? 0) >= atMostEvery
      if (before && !changed && at - before.told < atLeastEvery) return []
      const since = before?.since ?? at
      waits.set(step, { since, told: at, key })
      const whom = awaiting.slice(0, shown).map(cleanLine).join('; ')
      const more = awaiting.length > shown ? `; … and ${awaiting.length - shown} more` : ''
      const time = at === since ? 'waits up to' : `${formatDuration(at - since)} of`
      return [`… ${time} ${formatDuration(timeout)}${whom === '' ? '' : `: ${whom}${more}`}`]
    },
    forget(step) {
      waits.delete(step)
    },
  }
}

/** Ages grow with every look: `since 2 m 10 s` is the same connection as a moment ago. */
function withoutAge(line: string): string {
  return line.replaceAll(/\d+(\.\d+)? ?(ms|s|m|h|d)\b/g, '')
}
