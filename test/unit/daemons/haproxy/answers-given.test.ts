import { expect, test } from 'vitest'
import { answersOf, errorShare, since } from '../../../../src/daemons/haproxy/answers-given.ts'

const head = '# pxname,svname,econ,eresp,status,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,'
const stat = (...rows: string[]) => [head, ...rows, ''].join('\n')

test('servers of one backend, each with what it answered and what of it was an error', () => {
  const csv = stat('shop,app1,0,1,UP,0,90,0,5,4,', 'shop,BACKEND,0,0,UP,0,999,0,0,0,', 'web,web1,0,0,UP,0,1,0,0,0,')
  expect(answersOf(csv, 'shop')).toEqual([{ server: 'app1', status: 'UP', up: true, answers: 100, errors: 5 }])
})

test.each([
  ['UP 1/3', true],
  ['no check', true],
  ['DRAIN', false],
  ['DOWN 1/2', false],
])('%s', (status, up) => {
  expect(answersOf(stat(`shop,app1,0,0,${status},0,0,0,0,0,`), 'shop')).toMatchObject([{ up }])
})

test('what was answered between two looks; a reload began the counters anew', () => {
  const one = { server: 'app1', status: 'UP', up: true, answers: 10, errors: 1 }
  expect(since([one], [{ ...one, answers: 25, errors: 2 }])).toMatchObject([{ answers: 15, errors: 1 }])
  expect(since([one], [{ ...one, answers: 4, errors: 0 }])).toMatchObject([{ answers: 4, errors: 0 }])
  expect(since([], [one])).toMatchObject([{ answers: 10 }])
})

test('the share of some against all others, and both in words', () => {
  const given = (server: string, answers: number, errors: number) => ({
    server,
    status: 'UP',
    up: true,
    answers,
    errors,
  })
  const { own, others, text } = errorShare(
    [given('app1', 100, 3), given('app2', 100, 0), given('app3', 100, 1)],
    ['app1'],
  )
  expect(own).toEqual({ answers: 100, errors: 3, share: 0.03 })
  expect(others).toEqual({ answers: 200, errors: 1, share: 0.005 })
  expect(text).toBe('3 errors in 100 answers (3.0 %) of app1, 1 errors in 200 answers (0.5 %) of the others')
  expect(errorShare([], ['app1']).own.share).toBe(0)
})
