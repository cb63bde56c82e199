import { expect, test } from 'vitest'
import type { Ended } from '../../../src/engine/outcome.ts'
import { judged, type KnownRun } from '../../../src/operations/all-runs.ts'

const run: KnownRun = {
  run: '7K2Q9X',
  at: 1,
  title: 'drain app2',
  operator: 'b@ops2',
  here: false,
  hosts: ['lb1'],
  parts: [],
  halfDone: false,
}
const since = { held: new Set<string>(), ended: new Map<string, Ended>(), isWhole: true }

test('without an end, and with no lease, it has died', () => {
  expect(judged(run, since)).toEqual({ ...run, going: 'died', halfDone: true })
  expect(judged(run, { ...since, held: new Set(['7K2Q9X']) })).toEqual({ ...run, going: 'running' })
})

test('one that came to its end in between has not', () => {
  expect(judged(run, { ...since, ended: new Map([['7K2Q9X', 'done']]) })).toEqual({ ...run, ended: 'done' })
  expect(judged(run, { ...since, ended: new Map([['7K2Q9X', 'paused']]) })).toEqual({
    ...run,
    ended: 'paused',
    halfDone: true,
  })
})

test('where a host could not be asked nobody knows', () => {
  expect(judged(run, { ...since, isWhole: false })).toBe(run)
})
