import { expect, test } from 'vitest'
import { linesBeyond } from '../../../src/engine/import-journal.ts'

test.each([
  ['a copy that knows less', ['1', '2', '3'], ['1', '2'], []],
  ['the same', ['1', '2'], ['1', '2'], []],
  ['a copy that was written on', ['1'], ['1', '2', '3'], ['2', '3']],
  [
    'one from which somebody was adopted away',
    ['1', '2', 'end'],
    ['1', '2', 'adopted', 'rolled back'],
    ['adopted', 'rolled back'],
  ],
  ['the same, the longer for it', ['1', 'a', 'b', 'c'], ['1', 'adopted'], ['adopted']],
  ['one that was told of that end later', ['1', 'adopted'], ['1', 'end', 'adopted', 'back'], ['end', 'back']],
  ['one that has all of that already', ['1', 'end', 'adopted'], ['1', 'end', 'adopted'], []],
])('what another copy of a journal tells beyond this one: %s', (_case, own, other, beyond) => {
  expect(linesBeyond(own, other)).toEqual(beyond)
})
