import { expect, test } from 'vitest'
import { shareOfWeights, weightsFor } from '../../../../src/operations/rollout/weights.ts'

const usual = [0.01, 0.05, 0.25]

test.each([
  ['three of 100', usual, 1, [100, 100]],
  ['three of the default weight 1', usual, 1, [1, 1]],
  ['twenty of 100', usual, 2, Array<number>(18).fill(100)],
  ['a great share beside many', [0.5], 1, Array<number>(40).fill(100)],
  ['one other', usual, 1, [256]],
  ['others of different weights', usual, 1, [10, 200, 50]],
])('%s: the shares are near, the others keep their proportion', (_what, shares, many, others) => {
  const all = weightsFor(shares, many, others)
  all.forEach((weights, index) => {
    const wanted = shares[index] ?? 0
    expect(Math.abs(shareOfWeights(weights, many) - wanted) / wanted).toBeLessThan(0.3)
    expect([weights.canary, ...weights.others].every((weight) => weight >= 1 && weight <= 256)).toBe(true)
    expect(weights.others).toEqual(all[0]?.others)
  })
  const scale = (all[0]?.others[0] ?? 0) / (others[0] ?? 1)
  expect(all[0]?.others).toEqual(others.map((weight) => Math.round(weight * scale)))
})

test('weights that can stay do', () => {
  expect(weightsFor([0.05, 0.25], 1, [100, 100])).toEqual([
    { canary: 11, others: [100, 100] },
    { canary: 67, others: [100, 100] },
  ])
})

test('who has weight 0 keeps it', () => {
  expect(weightsFor([0.01], 1, [1, 0])[0]?.others).toEqual([256, 0])
})
