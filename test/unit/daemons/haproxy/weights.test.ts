import { expect, test } from 'vitest'
import { comesToNothing, effectiveWeight, weightInFull } from '../../../../src/daemons/haproxy/weights.ts'

// As `show servers state` said after `set server … weight …`, on 2.6.12 and 3.0.11.
test.each([
  ['50%', 1, 0],
  ['1%', 1, 0],
  ['99%', 1, 0],
  ['100%', 1, 1],
  ['50%', 3, 1],
  ['1%', 3, 0],
  ['99%', 3, 2],
  ['100%', 3, 3],
  ['50%', 100, 50],
  ['0%', 100, 0],
  [7, 100, 7],
] as const)('%s of %i is %i', (weight, initial, is) => expect(effectiveWeight(weight, initial)).toBe(is))

test.each([
  ['50%', 1, true],
  ['100%', 1, false],
  ['0%', 1, false],
  [0, 1, false],
  ['50%', 2, false],
] as const)('%s of %i comes to nothing: %s', (weight, initial, nothing) =>
  expect(comesToNothing(weight, initial)).toBe(nothing),
)

test('a share says what it comes to, a number needs not', () => {
  expect(weightInFull('50%', 100)).toBe('50% of 100 → 50')
  expect(weightInFull(50, 100)).toBeUndefined()
})
