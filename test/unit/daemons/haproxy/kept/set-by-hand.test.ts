import { expect, test } from 'vitest'
import type { KeptServer } from '../../../../../src/daemons/haproxy/kept/runtime-state.ts'
import { inWords, ordersToSetAgain, setByHand } from '../../../../../src/daemons/haproxy/kept/set-by-hand.ts'

const server = (name: string, more: Partial<KeptServer> = {}): KeptServer => ({
  backend: 'shop',
  server: name,
  admin: 'ready',
  disabled: false,
  op: 'running',
  weight: 100,
  initialWeight: 100,
  address: '10.0.0.21',
  port: 8080,
  ssl: false,
  check: 'on',
  agent: 'none',
  backup: false,
  cells: [],
  ...more,
})
const state = (...servers: readonly KeptServer[]) => ({ columns: [], servers })

test('what operators have set is told from what is configured', () => {
  const set = setByHand(
    state(
      server('app1'),
      server('app2', { admin: 'maint' }),
      server('app3', { weight: 50, agent: 'off' }),
      server('app4', { admin: 'maint', disabled: true }),
      server('app5', { admin: 'drain', tracks: 'shop/app2' }),
    ),
  )
  expect(set.map(inWords)).toEqual(['shop/app2 maint', 'shop/app3 weight 50, agent check off'])
})

test('only what is not so is set again; a server that has gone is left out', () => {
  const set = setByHand(
    state(server('app2', { admin: 'drain' }), server('app3', { weight: 50 }), server('gone', { weight: 1 })),
  )
  const anew = state(server('app2'), server('app3', { weight: 50 }))
  expect(ordersToSetAgain(set, anew)).toEqual(['set server shop/app2 state drain'])
})
