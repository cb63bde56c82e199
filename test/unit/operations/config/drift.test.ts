import { expect, test } from 'vitest'
import { driftOf } from '../../../../src/operations/config/compare.ts'

test('a link, where zdt wrote a file', () =>
  expect(driftOf({ sha256: 'b', written: null, linked: true })).toBe('linked'))

test.each([
  ['as zdt wrote it', 'a', 'a', null],
  ['not there, and zdt never wrote it', null, null, null],
  ['changed since', 'b', 'a', 'edited'],
  ['removed since', null, 'a', 'removed'],
  ['never written by zdt', 'b', null, 'foreign'],
])('%s', (_what, sha256, written, drift) => expect(driftOf({ sha256, written })).toBe(drift))
