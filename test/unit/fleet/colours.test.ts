import { expect, test } from 'vitest'
import { restingColour } from '../../../src/fleet/colours.ts'
import type { Pool } from '../../../src/fleet/fleet.ts'

const colours = new Map([
  ['blue', ['app1', 'app2']],
  ['green', ['app3', 'app4']],
])
const pool = { rollout: { blueGreen: { colours } } } as unknown as Pool

test.each([
  ['the other colour serves, this one has nobody', 'app3', ['app1'], ['app1'], 'green'],
  ['the other way round', 'app2', ['app4'], ['app4'], 'blue'],
  ['the other colour is there, and all of it is drained', 'app3', ['app1', 'app2'], [], 'green'],
  ['one of its own serves', 'app3', ['app1', 'app4'], ['app1', 'app4'], undefined],
  ['nobody is there: a pool that is all new', 'app3', [], [], undefined],
  ['a server of no colour', 'app9', ['app1'], ['app1'], undefined],
])('a new server: %s', (_what, server, there, serving, colour) => {
  const balancer = { has: (name: string) => there.includes(name), sendsTo: (name: string) => serving.includes(name) }
  expect(restingColour(pool, server, balancer)).toBe(colour)
})

test('a pool without colours has none that rests', () =>
  expect(restingColour({} as unknown as Pool, 'app1', { has: () => true, sendsTo: () => true })).toBeUndefined())
