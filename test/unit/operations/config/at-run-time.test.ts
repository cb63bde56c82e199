import { expect, test } from 'vitest'
import type { ServerChange } from '../../../../src/daemons/haproxy/needs/change.ts'
import { parseFleet } from '../../../../src/fleet/load.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import { atRunTime } from '../../../../src/operations/config/at-run-time.ts'

const fleet = parseFleet(
  `hosts: { lb1: { address: 10.0.0.1 } }
haproxy: { edge: { hosts: [lb1] } }
pools: { shop: { balancer: haproxy/edge, servers: { app1: "10.0.0.21:80" } } }
`,
  'zdt.yaml',
)
const stages = (changes: readonly ServerChange[], allowEmpty = false) =>
  atRunTime(
    fleet,
    changes.map((change) => ({ host: 'lb1' as HostName, group: 'edge', change })),
    { timeout: 1000, allowEmpty },
  )
const kinds = (changes: readonly ServerChange[]) =>
  stages(changes).flatMap(({ steps }) => steps.map(({ kind }) => kind))
const remove = { backend: 'shop', server: 'app2', change: 'remove', words: ['10.0.0.22:80', 'check'] } as const
const add = { backend: 'shop', server: 'app3', change: 'add', words: ['10.0.0.23:80', 'check'] } as const
const disable = { backend: 'shop', server: 'app1', change: 'disable' } as const

test('a server that goes is asked for before it is drained, also when zdt.yaml has it no longer', () => {
  expect(kinds([remove]).slice(0, 2)).toEqual(['haproxy.enough-servers', 'haproxy.set-server-state'])
  expect(stages([remove])[0]?.steps[0]?.input).toMatchObject({
    servers: ['app1', 'app2'],
    leaving: ['app2'],
    wanted: 1,
  })
  expect(kinds([disable])).toEqual(['haproxy.enough-servers', 'haproxy.set-server-state'])
  expect(stages([disable], true)[0]?.steps[0]?.input).toMatchObject({ wanted: 0 })
})

test('one whose weight becomes 0 goes, too; another weight asks nothing', () => {
  const weight = (to: number) => ({ backend: 'shop', server: 'app1', change: 'weight', to }) as const
  expect(kinds([weight(0), add])).toEqual([...kinds([add]), 'haproxy.enough-servers', 'haproxy.set-server-weight'])
  expect(kinds([weight(50)])).toEqual(['haproxy.set-server-weight'])
  // Where it was 0 before, the way back takes it out again.
  expect(stages([weight(50)])[0]?.steps[0]?.input).toMatchObject({ capacity: { leaving: ['app1'], wanted: 1 } })
})

test('a backend of no pool has no least number', () =>
  expect(kinds([{ ...remove, backend: 'other' }])[0]).toBe('haproxy.set-server-state'))

test('a server that comes is ready after its checks, or stays in maintenance; neither is taken away where too few would stay', () => {
  const capacity = { pool: 'shop', leaving: ['app3'], wanted: 1 }
  const coming = stages([add])
  expect(kinds([add])).toEqual(['haproxy.add-server', 'haproxy.await-passing-check', 'haproxy.set-server-state'])
  expect(coming[0]?.steps[0]?.input).toMatchObject({ capacity })
  expect(coming[2]?.steps[0]?.input).toMatchObject({ state: 'ready', capacity })
  const resting = stages([{ ...add, atRest: true }])
  expect(resting.map(({ title }) => title)).toEqual(['add server shop/app3, in maintenance'])
  expect(resting[0]?.steps[0]?.input).toMatchObject({ atRest: true, capacity })
})

test('a server that moves is out of rotation meanwhile, where it is in rotation', () => {
  const move = { backend: 'shop', server: 'app1', change: 'address', to: { address: '10.0.0.29', port: 80 } } as const
  expect(kinds([{ ...move, admin: 'ready' }])).toEqual([
    'haproxy.enough-servers',
    'haproxy.set-server-state',
    'haproxy.set-server-address',
    'haproxy.ask-fresh-check',
    'haproxy.await-passing-check',
    'haproxy.set-server-state',
  ])
  expect(stages([{ ...move, admin: 'ready' }])[4]?.steps[0]?.input).toMatchObject({ seat: { address: '10.0.0.29' } })
  expect(kinds([{ ...move, admin: 'drain' }])).toEqual(['haproxy.set-server-address'])
})

test('servers that come are there before others go', () =>
  expect(kinds([remove, add]).slice(0, 1)).toEqual(kinds([add]).slice(0, 1)))

test('who waits for its connections knows its address from the change itself', () => {
  const steps = stages([{ ...remove, backend: 'other' }]).flatMap((one) => one.steps)
  expect(steps.map(({ input }) => input)).toEqual(
    steps.map(() => expect.objectContaining({ seat: expect.objectContaining({ address: '10.0.0.22', port: 80 }) })),
  )
})
