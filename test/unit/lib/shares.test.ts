import { expect, test } from 'vitest'
import { parseShares, shareText } from '../../../src/lib/shares.ts'

test.each([
  ['1%, 5%, 25%', [0.01, 0.05, 0.25]],
  ['0.5%', [0.005]],
  ['5%,1%', undefined],
  ['5%,5%', undefined],
  ['0%', undefined],
  ['100%', undefined],
  ['5', undefined],
  ['', undefined],
])('%j', (text, shares) => {
  expect(parseShares(text)).toEqual(shares)
})

test('in words', () => {
  expect([0.01, 0.125, 0.99999].map(shareText)).toEqual(['1 %', '12.5 %', '100 %'])
})
