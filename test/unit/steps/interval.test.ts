import { expect, test } from 'vitest'
import { intervalUntil } from '../../../src/steps/interval.ts'

test.each([
  ['at first', 10_000, 0, 1000],
  ['near the end: when it is over, and not a second later', 10_000, 9300, 700],
  ['a short one is looked at four times', 800, 0, 200],
  ['and not without a pause', 100, 0, 100],
  ['the look began before it was over, and has ended after', 10_000, 10_020, 100],
  ['what is over, and waited for still', 10_000, 10_600, 1000],
])('the next look of a wait: %s', (_what, whole, waited, interval) =>
  expect(intervalUntil(whole, waited, 1000)).toBe(interval),
)
