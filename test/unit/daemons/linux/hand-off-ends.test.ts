import { expect, test } from 'vitest'
import { untilLast } from '../../../../src/daemons/linux/hand-off-ends.ts'

const timer = (next: number) => ({
  next,
  left: next,
  last: 0,
  passed: 0,
  unit: 'zdt-x.timer',
  activates: 'zdt-x.service',
})

test.each([
  ['the later of two', [timer(1_796_007_587_108_997), timer(1_796_007_580_000_000)], 660_009],
  ['one that is over', [timer(1_796_006_000_000_000)], 0],
  ['none', [], undefined],
])('the hosts’ timers: %s', (_, timers, wanted) => {
  const left = untilLast(`1796006927100\n${JSON.stringify(timers)}\n`)
  expect(left === undefined ? left : Math.round(left)).toBe(wanted)
})

test('a systemd that has no JSON for it tells nothing', () => {
  expect(untilLast('1796006927100\nNEXT LEFT LAST PASSED UNIT ACTIVATES\n')).toBeUndefined()
})
