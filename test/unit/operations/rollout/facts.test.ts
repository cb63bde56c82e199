import { expect, test } from 'vitest'
import type { ServerView } from '../../../../src/daemons/haproxy/server-view.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import { isWell, ready, type Candidate } from '../../../../src/operations/rollout/candidates.ts'
import { stillOut, versions } from '../../../../src/operations/rollout/facts.ts'

const serving = { admin: 'ready', adminFlags: [], op: 'running', weight: 100, status: 'UP' } as unknown as ServerView

function candidate(name: string, state: Candidate['state'], view: Partial<ServerView> = {}): Candidate {
  const place = { socket: '/s', masterSocket: '/m', pool: 'shop', backend: 'shop', server: name, port: 8080 }
  const seat = { ...place, host: 'lb1' as HostName, address: '10.0.0.21' }
  const app = { address: '10.0.0.21', port: 8080, health: { tcp: true }, version: { path: '/version' } } as const
  return {
    server: { name, address: '10.0.0.21', port: 8080 },
    host: name as HostName,
    app,
    state,
    seats: [{ seat, view: { ...serving, ...view }, all: { servers: [], backends: [] } }],
  }
}

test('who runs what, who says nothing, and who is not well', () => {
  const all = [
    candidate('app1', { version: '1.0.0', ill: null }),
    candidate('app2', { version: '1.0.0', ill: '/healthz says 503, not 200' }),
    candidate('app3', { version: null, ill: 'port 8080: connection refused' }),
  ]
  expect(versions(all)).toEqual([
    '1.0.0 runs on app1, app2',
    'app3: no version can be told, so there is none to go back to',
    '⚠ app2 is not well: /healthz says 503, not 200',
    '⚠ app3 is not well: port 8080: connection refused',
  ])
})

test('what somebody has taken out is told, and is not brought back', () => {
  const out = candidate('app1', { version: '1.0.0', ill: null }, { admin: 'drain' })
  expect(stillOut([out])).toEqual(['shop/app1 is in drain on lb1, and stays so'])
  expect(ready([out])).toEqual([])
})

test('well is who says so, and serves where it is to serve', () => {
  const state = { version: '1.0.0', ill: null }
  expect(isWell(candidate('app1', state))).toBe(true)
  expect(isWell(candidate('app1', state, { admin: 'maint', op: 'stopped', status: 'MAINT' }))).toBe(true)
  expect(isWell(candidate('app1', state, { op: 'stopped', status: 'DOWN' }))).toBe(false)
  expect(isWell(candidate('app1', { ...state, ill: 'no answer' }))).toBe(false)
})
