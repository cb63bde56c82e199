import { expect, test } from 'vitest'
import type { Instance } from '../../../../src/daemons/keepalived/parse-dump.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import { waysBack } from '../../../../src/operations/evacuate/ways-back.ts'
import { wayToMove, type Known } from '../../../../src/operations/way-to-move.ts'
import { anInstance } from '../instance.ts'

const [lb1, lb2] = ['lb1', 'lb2'] as readonly string[] as [HostName, HostName]
const path = '/etc/keepalived/priority'

function node(host: HostName, base: number, status = 0, more: Partial<Instance> = {}): Known {
  const total = base + status
  const instance = anInstance({
    base,
    effective: total,
    total,
    trackFiles: [{ name: 'priority', path, status, weight: 1 }],
    ...more,
  })
  return { host, instance }
}

/** Away from lb1 by the way that a failover takes, and back. */
function back(...nodes: readonly Known[]) {
  const away = wayToMove(nodes, lb1, lb2)
  if ('none' in away) throw new Error(away.none)
  return waysBack(nodes, { from: lb1, to: lb2 }, away)
}

test('priorities are put as they were, not as a failover would put them', () => {
  expect(back(node(lb1, 150), node(lb2, 100))).toMatchObject({
    first: [],
    way: { by: 'priority', shifts: [{ host: lb1, path, status: 0, priority: 150 }], takes: 3414 },
  })
  expect(back(node(lb1, 150, -10), node(lb2, 160, -40))).toMatchObject({
    way: { shifts: [{ host: lb2, status: -40, priority: 120 }] },
  })
})

test('a home that does not preempt is given its file back first, and then the other is stopped', () => {
  expect(back(node(lb1, 150, 0, { preempt: false }), node(lb2, 100))).toMatchObject({
    first: [{ host: lb1, status: 0, priority: 150 }],
    way: { by: 'stop', again: true },
  })
})

test('where only a stop moves it away, Keepalived stays stopped, and its start brings it home', () => {
  const plain = { trackFiles: [] }
  expect(back(node(lb1, 150, 0, plain), node(lb2, 100, 0, plain))).toEqual({ start: true, takes: 3414 })
})

test('nopreempt on both: each is stopped in its turn, and started again', () => {
  const own = { trackFiles: [], preempt: false }
  expect(back(node(lb1, 150, 0, own), node(lb2, 100, 0, own))).toMatchObject({
    first: [],
    way: { by: 'stop', again: true },
  })
})
