import { expect, test } from 'vitest'
import { backAgain, deployed } from '../../../../src/operations/rollout/batch.ts'
import { ready } from '../../../../src/operations/rollout/candidates.ts'
import { watched } from '../../../../src/operations/rollout/watching.ts'
import { candidate } from './candidate.ts'
import { rollingShop } from './planned.ts'

const some = ['app1', 'app2'].map((name) => candidate(name, { version: '1.0.0', ill: null }))

function lots(maxFailures: number): string[] {
  const rolling = rollingShop({ maxFailures })
  const judged = { capacity: [], guards: [] }
  const stages = [
    ...deployed(rolling, some, judged, { beside: undefined }),
    ...backAgain(rolling, some),
    watched(rolling, some, ready(some)),
  ].filter(({ steps }) => steps.length > 0)
  return stages.map(({ title, steps }) => {
    const said = steps.map(({ lot }) => (lot ? `${lot.name}${lot.goesBack ? ' goes back' : ' stays'}` : 'for all'))
    return `${title}: ${[...new Set(said)].join(', ')}`
  })
}

test('with a budget each server fails alone, from its deployment on: what sends anybody there goes back, the rest stays', () => {
  expect(lots(1)).toEqual([
    'set server shop/app1, shop/app2 state drain: for all',
    'wait until nobody is connected: for all',
    'deploy 2.0.0 on app1, app2: shop/app1 stays, shop/app2 stays',
    'ask for a fresh check of shop/app1, shop/app2: shop/app1 stays, shop/app2 stays',
    'app1, app2 must be well for 1.0 s, on its own: shop/app1 stays, shop/app2 stays',
    'wait for a passing check: shop/app1 goes back, shop/app2 goes back',
    'set server shop/app1, shop/app2 state ready: shop/app1 goes back, shop/app2 goes back',
    'watch app1, app2 serve for 1.0 s: shop/app1 goes back, shop/app2 goes back',
  ])
})

test('without one a failure is everybody’s', () => {
  expect(lots(0).every((line) => line.endsWith(': for all'))).toBe(true)
})

test('each is watched by itself, and the other is none of those it is held against', () => {
  const { steps } = watched(rollingShop({ maxFailures: 1 }), some, ready(some))
  expect(steps.map(({ input }) => input)).toMatchObject([
    { seats: [{ server: 'app1' }], beside: ['app2'] },
    { seats: [{ server: 'app2' }], beside: ['app1'] },
  ])
})
