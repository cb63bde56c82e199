import { expect, test } from 'vitest'
import { mergedCopies } from '../../../src/engine/import-journal.ts'

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
  const [mine, theirs, all] = [own, other, merged].map((words) => words.map((word) => JSON.stringify({ event: word })))
  const one = mergedCopies(mine ?? [], [theirs ?? []])
  expect(one.lines).toEqual(all)
  expect(one.events.map(({ event }) => event)).toEqual(merged)
  expect(one.news.map(({ event }) => event)).toEqual(merged.filter((word) => !own.includes(word)))
})

test('one journal of many copies, each of which lacks something', () => {
  const lines = ['1', '2', '3', '4', '5'].map((word) => JSON.stringify({ event: word }))
  const of = (...which: number[]) => which.map((at) => lines[at - 1] ?? '')
  const { lines: whole, news } = mergedCopies(of(1, 2, 5), [of(1, 2), of(1, 2, 3, 4), of(1, 2, 3)])
  expect(whole.toSorted()).toEqual(lines)
  expect(news.map(({ event }) => event as string)).toEqual(['3', '4'])
})
