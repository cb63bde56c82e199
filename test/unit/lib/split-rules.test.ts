import { expect, test } from 'vitest'
import { edited, noRules, rulesText, sameRules, variantsServed, type Rules } from '../../../src/lib/split-rules.ts'

const some: Rules = {
  rules: [
    { by: 'header', key: 'beta', to: 'b' },
    { by: 'source', key: '10.1.0.0/16', to: 'a' },
  ],
  share: 1000,
}

test('a rule that is told again is in its place, others come behind, those forgotten are gone', () => {
  expect(
    edited(some, {
      set: [
        { by: 'cookie', key: 'x', to: 'b' },
        { by: 'header', key: 'beta', to: 'a' },
      ],
      forget: [{ by: 'source', key: '10.1.0.0/16' }],
    }),
  ).toEqual({
    rules: [
      { by: 'header', key: 'beta', to: 'a' },
      { by: 'cookie', key: 'x', to: 'b' },
    ],
    share: 1000,
  })
  expect(edited(some, { share: 0 })).toEqual({ ...some, share: 0 })
  expect(edited(some, { all: 'b' })).toEqual({ rules: [], share: 10_000 })
  expect(edited(some, { all: 'a' })).toEqual(noRules)
})

test('the same in another order sends everybody to the same', () => {
  expect(sameRules(some, { ...some, rules: some.rules.toReversed() })).toBe(true)
  expect(sameRules(some, { ...some, share: 1 })).toBe(false)
})

test('in words', () => {
  expect(rulesText(some)).toBe('header=beta → b, source=10.1.0.0/16 → a, 10 % of the others → b')
  expect(rulesText(noRules)).toBe('everybody → a')
  expect(rulesText({ rules: [], share: 10_000 })).toBe('everybody → b')
  expect(rulesText({ rules: [], share: 50 })).toBe('0.5 % of everybody → b')
})

test('who gets anybody at all', () => {
  expect(variantsServed(noRules)).toEqual(['a'])
  expect(variantsServed(some)).toEqual(['a', 'b'])
  expect(variantsServed({ rules: [], share: 10_000 })).toEqual(['b'])
})
