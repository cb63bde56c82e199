import { expect, test } from 'vitest'
import type { SeenSeat } from '../../../src/operations/look-at-seats.ts'
import { intoRotation } from '../../../src/operations/rotation.ts'
import { notSlow, warming } from '../../../src/operations/slow-start.ts'
import type { HostName } from '../../../src/lib/types.ts'
import { candidate } from './rollout/candidate.ts'

const seatOf = (weight: number, more: Partial<SeenSeat> = {}): SeenSeat => {
  const [seat] = candidate('app1', { version: '1', ill: null }, { weight }).seats
  if (!seat) throw new Error('a candidate has a seat')
  return { ...seat, ...more }
}
const elsewhere = (one: SeenSeat): SeenSeat => ({ ...one, seat: { ...one.seat, host: 'lb2' as HostName } })
const slowly = { over: 30_000, maxErrors: 0.01 }

/** What each stage sets or watches, by host. */
const said = (stages: ReturnType<typeof warming>['after']) =>
  stages.map(({ steps }) =>
    steps.map(({ kind, host, input }) => {
      const { weight, watch, weights } = input as { weight?: number; watch?: number; weights?: readonly number[] }
      return kind === 'haproxy.watch-seats' ? `watch ${weights?.join(', ')} for ${watch}` : `${host} ${weight}`
    }),
  )

test('little while it is out, then more, watched in between, and in the end what it had', () => {
  const one = seatOf(100)
  const { before, after } = warming([one, elsewhere({ ...one, view: { ...one.view, weight: 30 } })], slowly)
  expect(said(before)).toEqual([['lb1 10', 'lb2 3']])
  expect(said(after)).toEqual([
    ['watch 10, 3 for 10000'],
    ['lb1 25', 'lb2 8'],
    ['watch 25, 8 for 10000'],
    ['lb1 50', 'lb2 15'],
    ['watch 50, 15 for 10000'],
    ['lb1 100', 'lb2 30'],
  ])
})

test('never nothing: of 2 the least is 1', () => {
  expect(said(warming([seatOf(2)], slowly).before)).toEqual([['lb1 1']])
})

test.each([
  ['at once, where no time is given', seatOf(100), { ...slowly, over: 0 }, []],
  ['a weight of which there is no part', seatOf(1), slowly, ['shop/app1 on lb1 has weight 1: no slow start there']],
  ['a weight of nothing', seatOf(0), slowly, ['shop/app1 on lb1 has weight 0: no slow start there']],
  [
    'an algorithm that takes all or nothing',
    seatOf(100, {
      all: {
        servers: [],
        backends: [{ backend: 'shop', algorithm: 'static-rr', weights: 'all or nothing' }],
      } as unknown as SeenSeat['all'],
    }),
    slowly,
    ['shop/app1 on lb1 is in a backend whose algorithm may give no shares: no slow start there'],
  ],
])('%s', (_what, one, how, facts) => {
  expect(warming([one], how)).toEqual({ before: [], after: [] })
  expect(notSlow([one], how)).toEqual(facts)
})

test('around ready: agents held off first, the least weight before it, heard again at the end', () => {
  const one = seatOf(100)
  const loud: SeenSeat = { ...one, view: { ...one.view, agent: { enabled: true } as SeenSeat['view']['agent'] } }
  const fleet = { pools: new Map() } as unknown as Parameters<typeof intoRotation>[0]
  const titles = (stages: ReturnType<typeof intoRotation>) =>
    stages.filter(({ steps }) => steps.length > 0).map(({ title }) => title)
  expect(titles(intoRotation(fleet, [loud], 1000, () => false, { warm: warming([loud], slowly) }))).toEqual([
    'hold the agent check of shop/app1 off',
    'ask for a fresh check of shop/app1',
    'wait for a passing check',
    'shop/app1: 10% of its weight',
    'set server shop/app1 state ready',
    'watch shop/app1 warm up for 10 s',
    'shop/app1: 25% of its weight',
    'watch shop/app1 warm up for 10 s',
    'shop/app1: 50% of its weight',
    'watch shop/app1 warm up for 10 s',
    'shop/app1: 100% of its weight',
    'hear the agent check of shop/app1 again',
  ])
  expect(titles(intoRotation(fleet, [loud], 1000, () => false))).not.toContain('hold the agent check of shop/app1 off')
})
