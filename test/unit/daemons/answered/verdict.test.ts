import { expect, test } from 'vitest'
import type { Answered } from '../../../../src/daemons/answered/share.ts'
import { judge } from '../../../../src/daemons/answered/verdict.ts'

const limits = { maxErrors: 0.01, maxSlower: 250, samples: 100 }
const given = (server: string, answers: number, errors: number, took: number | null = 10): Answered => ({
  server,
  answers,
  errors,
  took,
})
const others = [given('app2', 1000, 5), given('app3', 1000, 5)]
const verdict = (...own: Answered[]) =>
  judge(
    [...own, ...others],
    [],
    own.map(({ server }) => server),
    limits,
  )

test('a pass has the values', () => {
  expect(verdict(given('app1', 200, 1))).toEqual({
    says: 'pass',
    text: 'app1: 1 error in 200 answers (0.5 %), 10 ms each; the others: 10 errors in 2000 answers (0.5 %), 10 ms each',
  })
})

test('too few answers are no pass, and no failure either', () => {
  expect(verdict(given('app1', 99, 99))).toEqual({ says: 'few', text: '99 of 100 answers so far' })
})

test('errors: as many more than the others have as are allowed, and no more', () => {
  expect(verdict(given('app1', 1000, 15)).says).toBe('pass')
  expect(verdict(given('app1', 1000, 16))).toMatchObject({
    says: 'fail',
    text: expect.stringMatching(/^too many errors: app1: 16 errors in 1000 answers \(1\.6 %\)/) as string,
  })
})

test('slower than the others by more than is allowed', () => {
  expect(verdict(given('app1', 1000, 0, 260)).says).toBe('pass')
  expect(verdict(given('app1', 1000, 0, 261))).toMatchObject({
    says: 'fail',
    text: expect.stringMatching(/^too slow: .*0\.3 s each; the others: .*10 ms each$/) as string,
  })
  expect(verdict(given('app1', 1000, 0, null)).says).toBe('pass')
})

test('several are judged together', () => {
  expect(verdict(given('app1', 60, 0), given('app4', 60, 12)).says).toBe('fail')
})

test('alone, they are measured against what the others had answered before', () => {
  const rest = others.map((one) => ({ ...one, answers: 0, errors: 0, took: null }))
  const alone = (own: Answered) => judge([own, ...rest], others, [own.server], limits)
  expect(alone(given('app1', 200, 1))).toMatchObject({
    says: 'pass',
    text: expect.stringMatching(/; the others before: 10 errors in 2000 answers \(0\.5 %\), 10 ms each$/) as string,
  })
  expect(alone(given('app1', 200, 0, 600))).toMatchObject({ says: 'fail' })
  expect(alone(given('app1', 200, 6))).toMatchObject({ says: 'fail' })
})
