import { describe, expect, test } from 'vitest'
import type { Rolling } from '../../../../src/operations/rollout/batch.ts'
import { coloursInWords, switchColours } from '../../../../src/operations/rollout/blue-green.ts'
import { coloursOf } from '../../../../src/operations/rollout/colours.ts'
import { candidate } from './candidate.ts'
import { rollingShop } from './planned.ts'

const well = { version: '1.0.0', ill: null }
const halves = { blue: ['app1'], green: ['app2', 'app3'] }

function rolling(colours: Readonly<Record<string, readonly string[]>>): Rolling {
  const spec = { blueGreen: { colours: new Map(Object.entries(colours)), keepOld: 0, shares: [] } }
  return { pool: { name: 'shop' }, to: '2.0.0', spec } as unknown as Rolling
}

const pool = (...admins: ('ready' | 'drain' | 'maint')[]) =>
  admins.map((admin, index) => candidate(`app${index + 1}`, well, { admin }))

test.each([
  [pool('ready', 'maint', 'maint'), 'blue'],
  [pool('drain', 'ready', 'ready'), 'green'],
])('which colour serves is what the load balancers say: %#', (all, live) => {
  expect(coloursOf(rolling(halves), all).live.name).toBe(live)
})

test('in words', () => {
  const all = pool('ready', 'maint', 'maint')
  expect(coloursInWords(rolling(halves), coloursOf(rolling(halves), all))).toEqual([
    'blue (app1) serves shop; green (app2, app3) gets 2.0.0 and takes its place',
  ])
})

test('by shares: watched at each, by counters that begin there; weights as before when the other is out; stopped last', () => {
  const all = pool('ready', 'maint', 'maint')
  const colours = new Map(Object.entries(halves))
  const shop = rollingShop({ blueGreen: { colours, shares: [0.1, 0.5], keepOld: 0, stop: ['stop'] } })
  const stages = switchColours(shop, coloursOf(shop, all), { capacity: [], guards: [] })
  const titles = stages.filter(({ steps }) => steps.length > 0).map(({ title }) => title)
  expect(titles.slice(3)).toEqual([
    'green: 10 % of shop',
    'ask for a fresh check of shop/app2, shop/app3',
    'wait for a passing check',
    'set server shop/app2, shop/app3 state ready',
    'watch app2, app3 serve for 1.0 s',
    'green: 50 % of shop',
    'watch app2, app3 serve for 1.0 s',
    'set server shop/app1 state drain',
    'all weights as before',
    'watch app2, app3 serve for 1.0 s',
    'wait until nobody is connected',
    'blue rests',
    'stop blue',
  ])
  const watches = stages.filter(({ title }) => title.startsWith('watch')).map(({ steps }) => steps[0]?.input)
  expect(new Set(watches).size).toBe(3)
})

test('by shares: who comes and had no weight has the configured one when the other is out', () => {
  const all = [candidate('app1', well), candidate('app2', well, { admin: 'maint', weight: 0, initialWeight: 70 })]
  const colours = new Map(Object.entries({ blue: ['app1'], green: ['app2'] }))
  const shop = rollingShop({ blueGreen: { colours, shares: [0.5], keepOld: 0 } })
  const stages = switchColours(shop, coloursOf(shop, all), { capacity: [], guards: [] })
  const last = stages.find(({ title }) => title === 'all weights as before')
  expect(last?.steps).toMatchObject([{ input: { seat: { server: 'app2' }, weight: 70 } }])
})

describe('refused', () => {
  test.each([
    ['both serve', pool('ready', 'ready', 'ready'), 'blue serves, green serves'],
    ['none does', pool('drain', 'maint', 'maint'), 'blue rests, green rests'],
    ['one does in part', pool('ready', 'maint', 'ready'), 'blue serves, green serves at 1 of 2 places'],
  ])('%s', (_what, all, sentence) => {
    expect(() => coloursOf(rolling(halves), all)).toThrow(sentence)
  })

  test.each([
    ['a server without a colour', { blue: ['app1'], green: ['app2'] }],
    ['a server with two', { blue: ['app1', 'app2'], green: ['app2', 'app3'] }],
    ['a server that the pool has not', { blue: ['app1'], green: ['app2', 'app3', 'app4'] }],
    ['a server named twice', { blue: ['app1', 'app1'], green: ['app2', 'app3'] }],
    ['three colours', { blue: ['app1'], green: ['app2'], red: ['app3'] }],
    ['none', {}],
  ])('%s', (_what, colours) => {
    expect(() => coloursOf(rolling(colours), pool('ready', 'maint', 'maint'))).toThrow(
      'the two colours of shop must have each of its servers once: app1, app2, app3',
    )
  })
})
