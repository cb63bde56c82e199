import { expect, test } from 'vitest'
import type { HostName } from '../../../../src/lib/types.ts'
import { moveBy, type PriorityNode } from '../../../../src/steps/vip/stays.ts'

const node = (host: string, now: number, after: number, more: Partial<PriorityNode> = {}): PriorityNode => ({
  host: host as HostName,
  holds: false,
  now,
  after,
  preempts: true,
  ...more,
})
const holder = (now: number, after: number) => node('lb1', now, after, { holds: true })

test.each<readonly [string, readonly PriorityNode[], string | undefined]>([
  ['a backup that is raised above the holder', [holder(150, 150), node('lb2', 100, 160)], 'lb2'],
  ['a holder that is lowered below a backup', [holder(150, 90), node('lb2', 100, 100)], 'lb2'],
  [
    'both are raised, the backup above what the holder has until then',
    [holder(150, 200), node('lb2', 100, 160)],
    'lb2',
  ],
  ['a third one', [holder(150, 150), node('lb2', 100, 100), node('lb3', 90, 151)], 'lb3'],
  ['equal ones', [holder(150, 150), node('lb2', 100, 150)], undefined],
  ['a backup that stays below', [holder(150, 150), node('lb2', 100, 140)], undefined],
  ['one that does not preempt', [holder(150, 150), node('lb2', 100, 160, { preempts: false })], undefined],
  ['one that is above already, and waits', [holder(150, 150), node('lb2', 160, 170)], undefined],
  ['nobody holds it', [node('lb1', 150, 150), node('lb2', 100, 160)], undefined],
])('%s', (_what, nodes, taker) => expect(moveBy(nodes)?.to).toBe(taker))

test('it is said whose priority becomes what', () =>
  expect(moveBy([holder(150, 150), node('lb2', 100, 160)])?.why).toBe(
    'the priority of lb2 becomes 160 (now 100), lb1 has priority 150',
  ))
