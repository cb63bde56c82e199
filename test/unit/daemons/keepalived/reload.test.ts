import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keepalivedReloadTook, refuseKeepalivedReload } from '../../../../src/daemons/keepalived/reload.ts'
import { parseKeepalivedTrial } from '../../../../src/daemons/keepalived/trial.ts'
import { parseFamily, type UnitFamily } from '../../../../src/daemons/systemd/family.ts'
import { systemdFixture } from '../systemd/fixture.ts'

const trial = (name: string) =>
  parseKeepalivedTrial(readFileSync(new URL(`fixtures/trial/${name}.txt`, import.meta.url), 'utf8'))

const now = parseFamily(systemdFixture('keepalived-reloaded'))
if (now?.master == null) throw new Error('the fixture has a master')
const before: UnitFamily = { ...now, journal: [] }
const but = (more: Partial<UnitFamily>): UnitFamily => ({ ...now, ...more })
const line = (pid: number, text: string) => ({ pid, text })

test('a good configuration lives in its trial', () =>
  expect(trial('lives')).toMatchObject({ outcome: 'lives', said: '', workers: 1 }))

test('an empty file passes -t', () =>
  expect(trial('empty')).toMatchObject({ outcome: 'invalid', said: expect.stringContaining('is empty') }))

test('an interface that is not there', () =>
  expect(trial('interface')).toMatchObject({ outcome: 'invalid', said: expect.stringContaining('interface eth7') }))

test('a reload took when parent and child have said so', () =>
  expect(keepalivedReloadTook(before, now)).toEqual({ done: true, awaiting: [] }))

test.each([
  ['nothing is said yet', [], 'process 65 to read its configuration'],
  [
    'the parent alone',
    [line(61, 'Reloading ...'), line(61, 'Reload complete')],
    'process 65 to read its configuration',
  ],
  ['not the end yet', now.journal.slice(0, 3), 'the reload to be complete'],
])('not yet: %s', (_what, journal, awaiting) =>
  expect(keepalivedReloadTook(before, but({ journal }))).toEqual({ done: false, awaiting: [awaiting] }),
)

test.each([
  ['left out', but({ journal: [...now.journal, line(65, "(k.conf: Line 17) Unknown keyword 'bogus'")] }), /left out/],
  ['gone', but({ master: null, children: [] }), /is gone/],
  ['restarted', but({ master: { ...now.master, startTicks: 1 } }), /was restarted/],
  ['a child has ended', but({ children: [] }), /process 65 of Keepalived has ended/],
  ['fault', but({ journal: [...now.journal, line(65, '(public) Entering FAULT STATE')] }), /FAULT/],
])('never: %s', (_what, seen, message) => expect(keepalivedReloadTook(before, seen).failed?.message).toMatch(message))

test('refusals', () => {
  expect(refuseKeepalivedReload(now)).toEqual([])
  expect(refuseKeepalivedReload(but({ master: null }))).toMatchObject([{ code: 'not-running' }])
  const children = now.children.map((one) => ({ ...one, frozen: true }))
  expect(refuseKeepalivedReload(but({ children }))).toMatchObject([{ code: 'frozen', suggestions: ['kill -CONT 65'] }])
})
