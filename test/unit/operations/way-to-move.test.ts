import { expect, test } from 'vitest'
import type { Instance } from '../../../src/daemons/keepalived/parse-dump.ts'
import type { HostName } from '../../../src/lib/types.ts'
import { wayToMove } from '../../../src/operations/way-to-move.ts'
import { anInstance } from './instance.ts'

const [lb1, lb2, lb3] = ['lb1', 'lb2', 'lb3'] as readonly string[] as [HostName, HostName, HostName]
const path = '/etc/keepalived/priority'

function node(
  host: HostName,
  base: number,
  more: Partial<Instance> & { readonly status?: number; readonly weight?: number } = {},
) {
  const { status = 0, weight = 1, ...rest } = more
  const total = base + status * weight
  const instance = anInstance({
    base,
    effective: Math.max(1, Math.min(254, total)),
    total,
    trackFiles: [{ name: 'priority', path, status, weight }],
    ...rest,
  })
  return { host, instance }
}

const none = { trackFiles: [] }

test('away from the first: its priority is put below the other’s, and nobody is without an answer', () => {
  expect(wayToMove([node(lb1, 150), node(lb2, 100)], lb1, lb2)).toEqual({
    by: 'priority',
    shifts: [{ host: lb1, path, status: -60, priority: 90 }],
    takes: 3609,
    cost: 'no gap: lb1 serves until lb2 takes over, after 3.6 s',
  })
})

test('and back: what was lowered is raised, and nothing else', () => {
  expect(wayToMove([node(lb1, 150, { status: -60 }), node(lb2, 100)], lb2, lb1)).toMatchObject({
    by: 'priority',
    shifts: [{ host: lb1, status: 0, priority: 150 }],
  })
})

test('a third that would be above the new holder is lowered as well', () => {
  expect(wayToMove([node(lb1, 150), node(lb2, 100), node(lb3, 120)], lb1, lb2)).toMatchObject({
    shifts: [
      { host: lb1, priority: 90 },
      { host: lb3, status: -30, priority: 90 },
    ],
  })
})

test.each([
  [10, -6, 90],
  [-10, 6, 90],
  [7, -9, 87],
])('a file that counts by %i', (weight, status, priority) => {
  expect(wayToMove([node(lb1, 150, { weight }), node(lb2, 100)], lb1, lb2)).toMatchObject({
    shifts: [{ status, priority }],
  })
})

test('equal priorities: the holder must be strictly below', () => {
  expect(wayToMove([node(lb1, 100), node(lb2, 100)], lb1, lb2)).toMatchObject({ shifts: [{ host: lb1, priority: 90 }] })
})

test.each([
  [
    'nopreempt',
    [node(lb1, 100, { preempt: false }), node(lb2, 100, { preempt: false })],
    true,
    'lb2 has nopreempt, so Keepalived is stopped on lb1: nobody answers for about 0.6 s',
  ],
  [
    'no track file',
    [node(lb1, 150, none), node(lb2, 100, none)],
    false,
    'lb1 has no track file with a weight, so Keepalived is stopped on lb1: nobody answers for about 0.6 s; it stays stopped there, or it would take the VIP back',
  ],
  [
    'a file that decides between fault and no fault',
    [node(lb1, 150, { weight: 0 }), node(lb2, 100)],
    false,
    'lb1 has no track file',
  ],
] as const)('%s: by stopping, and what that costs', (_, nodes, again, cost) => {
  expect(wayToMove(nodes, lb1, lb2)).toMatchObject({ by: 'stop', again, cost: expect.stringContaining(cost) as string })
})

test('a third that would win, where nothing can be lowered: no way', () => {
  const nodes = [node(lb1, 150, none), node(lb2, 100, none), node(lb3, 120, none)]
  expect(wayToMove(nodes, lb1, lb2)).toMatchObject({
    none: expect.stringContaining('lb3 would take the VIP') as string,
  })
})
