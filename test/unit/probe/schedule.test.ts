import { expect, test } from 'vitest'
import { dueAt, isFresh } from '../../../src/probe/schedule.ts'

const at50 = (next: number, elapsed: number) => dueAt({ rate: 50, end: 1000, next }, elapsed)

test('the first request is due at once', () => expect(at50(0, 0)).toEqual({ skip: 0, start: 1, wait: 20 }))

test('none is due before its time', () => expect(at50(1, 12)).toEqual({ skip: 0, start: 0, wait: 8 }))

test('one is due at its time', () => expect(at50(1, 20)).toEqual({ skip: 0, start: 1, wait: 20 }))

test('a late timer is caught up with', () => expect(at50(1, 105)).toEqual({ skip: 0, start: 5, wait: 15 }))

test('a clock that jumped is not: the rest is skipped', () =>
  expect(at50(1, 905)).toEqual({ skip: 35, start: 10, wait: 15 }))

test('a burst is a tenth of a second at high rates', () =>
  expect(dueAt({ rate: 1000, end: 10_000, next: 0 }, 999)).toEqual({ skip: 900, start: 100, wait: 1 }))

test('the last one before the end, and none at the end', () => {
  expect(at50(49, 980)).toEqual({ skip: 0, start: 1, wait: undefined })
  expect(at50(50, 1000)).toEqual({ skip: 0, start: 0, wait: undefined })
  expect(at50(49, 5000)).toEqual({ skip: 0, start: 1, wait: undefined })
})

test.each([
  [1, 3],
  [7, 100],
  [50, 1000],
  [333, 1000],
  [1000, 250],
])('at %d a second for %d ms, each is due once', (rate, end) => {
  let next = 0
  for (let elapsed = 0; elapsed <= end + 50; elapsed += 0.7) {
    const { skip, start } = dueAt({ rate, end, next }, elapsed)
    expect(skip).toBe(0)
    next += start
  }
  expect(next).toBe(Math.ceil((end * rate) / 1000))
})

const freshPerSecond = (rate: number) => Array.from({ length: rate }, (_, n) => isFresh(n, rate)).filter(Boolean).length

test.each([
  [2, 1],
  [50, 25],
  [400, 200],
  [500, 167],
  [1000, 200],
])('of %d a second, %d have a connection of their own', (rate, fresh) => expect(freshPerSecond(rate)).toBe(fresh))
