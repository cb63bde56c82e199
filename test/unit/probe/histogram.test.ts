import { expect, test } from 'vitest'
import { addDuration, emptyHistogram, mergedHistogram, percentile } from '../../../src/probe/histogram.ts'

const of = (...durations: number[]) => {
  const histogram = emptyHistogram()
  for (const ms of durations) addDuration(histogram, ms)
  return histogram
}
const upTo = (most: number) => of(...Array.from({ length: most }, (_, index) => index + 1))

test('none has no percentile', () => expect(percentile(emptyHistogram(), 0.5)).toBeNull())

test.each([0.06, 0.1, 0.999, 1, 4.2, 17, 250, 1999, 2001, 5000, 60_000, 3_600_000])(
  '%d ms is read within 5 %%',
  (ms) => {
    // A longer one beside it, so that the maximum, which is exact, does not help.
    const read = percentile(of(ms, ms * 2), 0.5) ?? 0
    expect(Math.abs(read - ms) / ms).toBeLessThanOrEqual(0.05)
  },
)

test.each([
  [0.5, 500],
  [0.99, 990],
  [0.01, 10],
])('percentile %d of 1 to 1000 ms is %d within 5 %%', (share, expected) => {
  const read = percentile(upTo(1000), share) ?? 0
  expect(Math.abs(read - expected) / expected).toBeLessThanOrEqual(0.05)
})

test('one duration is every percentile of itself, exactly', () => {
  expect([0, 0.5, 0.99, 1].map((share) => percentile(of(7), share))).toEqual([7, 7, 7, 7])
})

test('the fastest and the slowest have a bucket too', () => {
  expect(percentile(of(0), 0.5)).toBe(0)
  expect(of(10 ** 9).counts.at(-1)).toBe(1)
})

test('nearest rank: of one hundred, one slow one is not in the 99th, two are', () => {
  const fast = Array.from({ length: 98 }, () => 1)
  expect(percentile(of(...fast, 1, 1000), 0.99)).toBeLessThan(1.1)
  expect(percentile(of(...fast, 1000, 1000), 0.99)).toBeGreaterThan(900)
})

test('merged is as if all had been counted in one', () => {
  expect(mergedHistogram([of(1, 2), of(), of(3)])).toEqual(of(1, 2, 3))
})

test('memory does not grow with what is counted', () => expect(upTo(5000).counts).toHaveLength(192))
