import { expect, test } from 'vitest'
import type { Event, Happening } from '../../../src/engine/events.ts'
import { askedIn } from '../../../src/operations/asked-of.ts'

const events = (...happenings: readonly Happening[]): Event[] => happenings.map((one) => ({ at: 0, ...one }))
const asking = { event: 'asking', number: 7, question: 'Good?' } as const
const unheeded = { event: 'word', id: '12ab', word: 'promote', number: 5, by: 'anna@ops2', heeded: false } as const

test('a run asks while nothing but words has come after its question', () => {
  expect(askedIn(events(asking))?.number).toBe(7)
  expect(askedIn(events(asking, unheeded))?.number).toBe(7)
  expect(askedIn(events(asking, { event: 'answer', number: 7, asked: 'run', answer: 'yes' }))).toBeUndefined()
  expect(askedIn(events(asking, { event: 'end', ended: 'paused', left: [] }))).toBeUndefined()
  expect(askedIn([])).toBeUndefined()
})
