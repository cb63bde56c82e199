import { expect, test } from 'vitest'
import { cutCount, cutWords } from '../../../src/views/cut-words.ts'

const session = (who: string) => ({ count: 1, thing: 'session', who: [who] })

test('who was cut off is named, of many only some', () => {
  expect(cutWords([session('10.77.0.1:53044 on lb1')])).toBe('1 session was shut: 10.77.0.1:53044 on lb1')
  expect(cutWords([session('a on lb1'), session('b on lb2')])).toBe('2 sessions were shut: a on lb1, b on lb2')
  const many = { count: 900, thing: 'session', who: ['a', 'b', 'c', 'd', 'e', 'f'] }
  expect(cutWords([many])).toBe('900 sessions were shut: a, b, c, d, e, and 895 more')
})

test('those that ended by themselves meanwhile', () => {
  expect(cutWords([{ count: 0, thing: 'session', who: [] }])).toBe('no session was left to shut')
})

test('of two things', () => {
  expect(cutCount([session('a'), { count: 2, thing: 'old worker', who: [] }])).toBe(
    '1 session and 2 old workers were shut',
  )
})
