import type { Event } from '../engine/events.ts'
import { formatDuration } from '../lib/durations.ts'
import { cleanLine } from './clean.ts'

type Said = Extract<Event, { event: 'word' }>
type Asking = Extract<Event, { event: 'asking' }>

/** What somebody elsewhere has said to a run, and what comes of it: `paused by anna@ops2`. */
export function wordText({ word, by, number, heeded }: Said): string {
  const who = cleanLine(by)
  if (word === 'pause') return `paused by ${who}`
  if (word === 'abort') return `aborted by ${who}: what was done is put back`
  const step = `step ${number ?? '?'}`
  return heeded ? `${step} promoted by ${who}` : `${step} promoted by ${who}, but nobody asks about it any more`
}

/** What an approval is asked for, how long it is waited for, and how it is given from elsewhere. */
export function askingText({ number, question, timeout }: Asking, run: string): string {
  const until = timeout === undefined ? 'answered here, or by' : `waits up to ${formatDuration(timeout)} for`
  return `step ${number}: ${cleanLine(question)} ${until} zdt promote ${run}`
}
