import { expect, test } from 'vitest'
import type { Rules } from '../../../../src/lib/split-rules.ts'
import { gains } from '../../../../src/operations/split/receiving.ts'

const rules = (share: number, ...named: [key: string, to: 'a' | 'b'][]): Rules => ({
  rules: named.map(([key, to]) => ({ by: 'header', key, to })),
  share,
})

test.each<[string, Rules, Rules, a: boolean, b: boolean]>([
  ['a greater share', rules(0), rules(100), false, true],
  ['a smaller share', rules(100), rules(0), true, false],
  ['a rule to b', rules(0), rules(0, ['x', 'b']), false, true],
  ['a rule to a', rules(100), rules(100, ['x', 'a']), true, false],
  ['a rule to b that is now to a', rules(0, ['x', 'b']), rules(0, ['x', 'a']), true, false],
  ['a rule to b forgotten', rules(0, ['x', 'b']), rules(0), true, false],
  ['a rule to a forgotten', rules(100, ['x', 'a']), rules(100), false, true],
  ['everybody to a, and a rule to a forgotten', rules(3000, ['x', 'a']), rules(0), true, false],
  ['nothing', rules(100, ['x', 'a']), rules(100, ['x', 'a']), false, false],
])('%s', (_what, before, after, a, b) => {
  expect([gains(before, after, 'a'), gains(before, after, 'b')]).toEqual([a, b])
})
