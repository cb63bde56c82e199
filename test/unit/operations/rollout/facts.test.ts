import { expect, test } from 'vitest'
import { isWell, ready } from '../../../../src/operations/rollout/candidates.ts'
import { candidate } from './candidate.ts'
import { stillOut } from '../../../../src/operations/look-at-seats.ts'
import { versions } from '../../../../src/operations/rollout/facts.ts'

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
  expect(stillOut(out.seats)).toEqual(['shop/app1 is in drain on lb1, and stays so'])
  expect(ready([out])).toEqual([])
})

test('well is who says so, and serves where it is to serve', () => {
  const state = { version: '1.0.0', ill: null }
  expect(isWell(candidate('app1', state))).toBe(true)
  expect(isWell(candidate('app1', state, { admin: 'maint', op: 'stopped', status: 'MAINT' }))).toBe(true)
  expect(isWell(candidate('app1', state, { op: 'stopped', status: 'DOWN' }))).toBe(false)
  expect(isWell(candidate('app1', { ...state, ill: 'no answer' }))).toBe(false)
})
