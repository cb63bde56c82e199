import { expect, test } from 'vitest'
import type { CheckView } from '../../../../src/daemons/haproxy/server-view.ts'
import { said } from '../../../../src/steps/haproxy/await-passing-check.ts'

const check: CheckView = {
  status: 'L4TOUT',
  inProgress: false,
  paused: false,
  result: 'failed',
  description: 'Layer4 timeout',
  health: 0,
  rise: 2,
  fall: 2,
}
const of = (seen: Partial<CheckView>) => said({ status: 'DRAIN', check: { ...check, ...seen } })

test('why the last check failed stays while the next one is on its way', () => {
  expect(of({})).toBe('check: passed 0 of 3, last: Layer4 timeout')
  expect(of({ result: 'unknown', inProgress: true })).toBe('check: passed 0 of 3, last: Layer4 timeout')
  expect(of({ status: 'L7STS', description: 'Layer7 wrong status: Service Unavailable', code: 503 })).toBe(
    'check: passed 0 of 3, last: Layer7 wrong status: Service Unavailable 503',
  )
})

test('checks that pass need no reason', () => {
  expect(of({ result: 'passed', status: 'L7OK', description: 'Layer7 check passed', health: 1 })).toBe(
    'check: passed 1 of 3',
  )
  expect(of({ result: 'unknown', status: '', description: '' })).toBe('check: passed 0 of 3')
})
