import { expect, test } from 'vitest'
import { shareOf } from '../../../../src/daemons/answered/share.ts'
import { answersOf, since, together, type Given } from '../../../../src/daemons/haproxy/answers-given.ts'

const head = '# pxname,svname,weight,econ,eresp,status,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,rtime,chkdown,'
const stat = (...rows: string[]) => [head, ...rows, ''].join('\n')
const one: Given = { server: 'app1', status: 'UP', up: true, falls: 0, weight: 100, answers: 10, errors: 1, took: 20 }

test('servers of one backend, each with what it answered, what of it was an error, and how long it took', () => {
  const csv = stat(
    'shop,app1,30,0,1,UP,0,90,0,5,4,12,3,',
    'shop,BACKEND,30,0,0,UP,0,999,0,0,0,1,',
    'web,web1,1,0,0,UP,0,1,0,0,0,1,',
  )
  expect(answersOf(csv, 'shop')).toEqual([
    { server: 'app1', status: 'UP', up: true, falls: 3, weight: 30, answers: 100, errors: 5, took: 12 },
  ])
})

test.each([
  ['UP 1/3', true],
  ['no check', true],
  ['DRAIN', false],
  ['DOWN 1/2', false],
])('%s', (status, up) => {
  expect(answersOf(stat(`shop,app1,30,0,0,${status},0,0,0,0,0,,`), 'shop')).toMatchObject([{ up, took: null }])
})

test('what was answered between two looks; a reload began the counters anew', () => {
  expect(since([one], [{ ...one, answers: 25, errors: 2 }])).toMatchObject([{ answers: 15, errors: 1 }])
  expect(since([one], [{ ...one, answers: 4, errors: 0 }])).toMatchObject([{ answers: 4, errors: 0 }])
  expect(since([], [one])).toMatchObject([{ answers: 10 }])
  expect(since([{ ...one, falls: 2 }], [{ ...one, falls: 5 }])).toMatchObject([{ falls: 3 }])
  expect(since([{ ...one, falls: 2 }], [{ ...one, falls: 1 }])).toMatchObject([{ falls: 1, answers: 10 }])
})

/** HAProxy's average as it keeps it: the first 512 all alike, and then each new one for a 512th. */
function average(times: readonly number[]): number {
  const sum = times.reduce((sum, time, index) => (index < 512 ? sum + time : sum - sum / 512 + time), 0)
  return Math.round(sum / Math.min(times.length, 512))
}

test.each([
  ['few before', 40, 60],
  ['as many as are counted alike', 300, 200],
  ['long before', 5000, 30],
  ['long before, and many since', 5000, 2000],
])('how long answers took since, of an average that goes over what was before too: %s', (_what, before, came) => {
  const [old, recent] = [Array<number>(before).fill(8), Array<number>(came).fill(600)]
  const [start] = since(
    [{ ...one, answers: before, took: average(old) }],
    [{ ...one, answers: before + came, took: average([...old, ...recent]) }],
  )
  expect(Math.abs((start?.took ?? 0) - 600)).toBeLessThan(15)
})

test('nothing came: how long it takes is not known', () => {
  expect(since([one], [one])).toMatchObject([{ answers: 0, took: null }])
})

test('several load balancers together: a server is up where all see it so', () => {
  const down = { ...one, up: false, status: 'DOWN', answers: 30, errors: 0, took: 60 }
  expect(together([[one], [down]])).toMatchObject([
    { server: 'app1', up: false, status: 'DOWN', answers: 40, errors: 1, took: 50 },
  ])
  expect(together([[one], [{ ...one, answers: 0, errors: 0, took: null }]])).toMatchObject([{ answers: 10, took: 20 }])
})

test('nothing at all has no share', () => {
  expect(shareOf([])).toEqual({ answers: 0, errors: 0, share: 0, took: null })
})

test('a weight that slowstart holds down is nobody’s', () => {
  const csv = ['# pxname,svname,weight,throttle,status,', 'shop,app1,3,10,UP,', 'shop,app2,30,,UP,', ''].join('\n')
  expect(answersOf(csv, 'shop').map(({ weight }) => weight)).toEqual([null, 30])
})
