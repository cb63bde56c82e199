import { expect, test } from 'vitest'
import { mergedLines } from '../../../src/engine/import-journal.ts'

test.each([
  ['a copy that knows less', ['1', '2', '3'], ['1', '2'], ['1', '2', '3']],
  ['the same', ['1', '2'], ['1', '2'], ['1', '2']],
  ['a copy that was written on', ['1'], ['1', '2', '3'], ['1', '2', '3']],
  [
    'one from which somebody was adopted away',
    ['1', '2', 'end'],
    ['1', '2', 'adopted', 'rolled back'],
    ['1', '2', 'end', 'adopted', 'rolled back'],
  ],
  ['the same, the longer for it', ['1', 'a', 'b', 'c'], ['1', 'adopted'], ['1', 'a', 'b', 'c', 'adopted']],
  [
    'one that was told of that end later',
    ['1', 'adopted'],
    ['1', 'end', 'adopted', 'back'],
    ['1', 'end', 'adopted', 'back'],
  ],
  ['one that has all of that already', ['1', 'end', 'adopted'], ['1', 'end', 'adopted'], ['1', 'end', 'adopted']],
  ['one of which a line in the middle is damaged here', ['1', '3', '4'], ['1', '2', '3'], ['1', '2', '3', '4']],
  ['one of which nothing is left here', [], ['1', '2'], ['1', '2']],
  ['one of which nothing is left there', ['1', '2'], [], ['1', '2']],
])('one journal of two copies: %s', (_case, own, other, merged) => {
  expect(mergedLines(own, other)).toEqual(merged)
})
