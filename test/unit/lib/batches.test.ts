import { expect, test } from 'vitest'
import { inBatches, parseBatches } from '../../../src/lib/batches.ts'

const five = ['a', 'b', 'c', 'd', 'e']

test.each([
  ['1', [['a'], ['b'], ['c'], ['d'], ['e']]],
  ['1,50%', [['a'], ['b', 'c'], ['d', 'e']]],
  ['1,100%', [['a'], five.slice(1)]],
  ['10%', [['a'], ['b'], ['c'], ['d'], ['e']]],
  ['9', [five]],
])('five hosts in batches of %s', (text, batches) => expect(inBatches(five, parseBatches(text) ?? [])).toEqual(batches))

test.each(['', '0', '1,', '101%', '1.5', 'half', '-1'])('%j is no list of batches', (text) =>
  expect(parseBatches(text)).toBeUndefined(),
)
