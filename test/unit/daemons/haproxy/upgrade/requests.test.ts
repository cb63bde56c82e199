import { expect, test } from 'vitest'
import { answersInWords, parseAnswers, worse } from '../../../../../src/daemons/haproxy/upgrade/requests.ts'
import { answer } from '../fixture.ts'

test('what all frontends have answered', () =>
  expect(parseAnswers(answer('haproxy-3.0/frontends.txt'))).toEqual({ total: 255, errors: 0 }))

const before = { total: 10_000, errors: 20 }

test.each([
  ['as before', { total: 1000, errors: 10 }, false],
  ['more, by more than one percent', { total: 1000, errors: 13 }, true],
  ['four odd ones are no proof', { total: 4, errors: 4 }, false],
  ['nothing was answered', { total: 0, errors: 0 }, false],
])('%s', (_what, now, expected) => expect(worse(before, now, 1)).toBe(expected))

test('in words', () => {
  expect(answersInWords(before)).toBe('0.2 % of 10,000 answers are 5xx')
  expect(answersInWords({ total: 0, errors: 0 })).toBe('nothing was answered yet')
})
