import { expect, test } from 'vitest'
import { setServerWeight, ShareOfNothing, refuseNothing } from '../../../../src/steps/haproxy/set-weight.ts'
import type { HostName } from '../../../../src/lib/types.ts'

const seat = {
  host: 'lb1' as HostName,
  socket: '/run/haproxy/admin.sock',
  masterSocket: '/run/haproxy-master.sock',
  pool: 'shop',
  backend: 'shop',
  server: 'app2',
  address: '10.0.0.22',
  port: 8080,
}

test('a share is done when the weight is what it comes to, not before', () => {
  expect(setServerWeight.isDone({ seat, weight: '50%' }, { weight: 100, initialWeight: 100 })).toBe(false)
  expect(setServerWeight.isDone({ seat, weight: '50%' }, { weight: 50, initialWeight: 100 })).toBe(true)
  expect(setServerWeight.isDone({ seat, weight: '50%' }, { weight: 1, initialWeight: 1 })).toBe(false)
})

test('50% of weight 1 is refused, and says what to do', () => {
  const refusing = () => refuseNothing(seat, '50%', 1)
  expect(refusing).toThrow(ShareOfNothing)
  expect(refusing).toThrow(/^50% of weight 1 is 0/)
  expect(() => refuseNothing(seat, '0%', 1)).not.toThrow()
})
