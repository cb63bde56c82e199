import { expect, test } from 'vitest'
import type { Rolling } from '../../../../src/operations/rollout/batch.ts'
import { canaryFirst, sharesInFull } from '../../../../src/operations/rollout/canary.ts'
import { candidate } from './candidate.ts'
import { rollingShop } from './planned.ts'

const well = { version: '1.0.0', ill: null }

function rolling(canary: Partial<Rolling['spec']['canary']> = {}): Rolling {
  return rollingShop({
    canary: { servers: { count: 1 }, shares: [0.05, 0.25], samples: 50, approve: false, ...canary },
  })
}

const judged = { capacity: [], guards: [] }
const all = ['app1', 'app2', 'app3'].map((name) => candidate(name, well, { initialWeight: 100 }))
const stagesOf = (canary?: Partial<Rolling['spec']['canary']>) =>
  canaryFirst(rolling(canary), all.slice(0, 1), all, { judged }).filter(({ steps }) => steps.length > 0)

test('the first share is set while nobody is sent there; at each share it is watched; then the weights are as before', () => {
  expect(stagesOf().map(({ title }) => title)).toEqual([
    'set server shop/app1 state drain',
    'wait until nobody is connected',
    'deploy 2.0.0 on app1',
    'ask for a fresh check of shop/app1',
    'app1 must be well for 1.0 s, on its own',
    'app1: 5 % of shop',
    'wait for a passing check',
    'set server shop/app1 state ready',
    'watch app1 serve for 1.0 s',
    'app1: 25 % of shop',
    'watch app1 serve for 1.0 s',
    'all weights as before',
  ])
})

test('a canary that an operator had given no weight has none again in the end', () => {
  const none = [candidate('app1', well, { weight: 0, initialWeight: 100 }), ...all.slice(1)]
  const stages = canaryFirst(rolling(), none.slice(0, 1), none, { judged })
  const last = stages.find(({ title }) => title === 'all weights as before')
  expect(last?.steps).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ input: expect.objectContaining({ weight: 0 }) as object }) as object,
    ]),
  )
})

test('a person approves each further share, and the end of it', () => {
  expect(stagesOf().some(({ approval }) => approval)).toBe(false)
  const asked = stagesOf({ approve: true }).filter(({ approval }) => approval)
  expect(asked.map(({ asks }) => asks)).toEqual([
    'app1 answered well. Give it 25 % of the traffic?',
    'app1 answered well. Bring all others to 2.0.0?',
  ])
})

test('gates are asked at each share, with the version, the pool and the canary filled in', () => {
  const gates = [
    { name: 'a', timeout: 1000, url: 'http://x/{version}?p={pool}', status: 200 },
    { name: 'b', timeout: 1000, command: ['smoke', '{version}', '{other}'] },
    { name: 'c', timeout: 1000, promql: 'e{server=~"{servers}"}', at: 'http://p', max: 1 },
  ]
  const { spec, ...rest } = rolling()
  const given = { ...rest, spec: { ...spec, gates }, to: '2+0' } as Rolling
  const asked = canaryFirst(given, all.slice(0, 2), all, { judged }).flatMap(({ steps }) =>
    steps.filter(({ kind }) => kind === 'gate.pass').map(({ input }) => (input as { gate: object }).gate),
  )
  expect(asked).toHaveLength(6)
  expect(asked.slice(0, 3)).toMatchObject([
    { url: 'http://x/2%2B0?p=shop' },
    { command: ['smoke', '2+0', '{other}'] },
    { promql: 'e{server=~"app1|app2"}' },
  ])
})

test('what the shares come to, and whose weights change meanwhile', () => {
  expect(sharesInFull(rolling(), all.slice(0, 1), all)).toEqual([
    'app1 of shop first, with 5.2 %, 25.1 % of its traffic',
  ])
  const light = ['app1', 'app2'].map((name) => candidate(name, well, { weight: 1, initialWeight: 1 }))
  expect(sharesInFull(rolling(), light.slice(0, 1), light)).toEqual([
    'app1 of shop first, with 4.8 %, 24.9 % of its traffic; the others’ weights change in proportion meanwhile',
  ])
})

test('nobody else serves: there is nothing to measure it against', () => {
  const alone = [candidate('app1', well), candidate('app2', well, { admin: 'drain' })]
  expect(() => canaryFirst(rolling(), alone.slice(0, 1), alone, { judged })).toThrow('nobody else serves shop')
})
