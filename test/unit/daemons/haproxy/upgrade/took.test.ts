import { expect, test } from 'vitest'
import { exchangeTook, serving } from '../../../../../src/daemons/haproxy/upgrade/took.ts'
import { binary, family, master, seen, silent, worker } from '../pictured.ts'

const fresh = { ...binary, inode: '8:999', version: '3.0.11-1+deb13u3' }
const runs = { exeInode: fresh.inode, exeDeleted: false }
/** After the exchange: the master of before, re-executed, with a new worker. */
const taken = (more: Parameters<typeof seen>[2] = {}) =>
  seen(400, 4, {
    binary: fresh,
    master: { ...master, ...runs },
    children: [{ ...worker, pid: 400, ...runs }],
    ...more,
  })
const before = seen(342, 3)
const another = { ...master, ...runs, pid: 777 }

test('the master executes the new file, and its new worker runs it', () =>
  expect(exchangeTook(before, taken())).toMatchObject({ done: true }))

test('a boot, or somebody, has started the new file', () =>
  expect(exchangeTook(before, taken({ master: another }))).toMatchObject({ done: true }))

test.each([
  ['the master is still the old code', taken({ master }), /process \d+ to run the file/],
  ['it does not answer yet', taken(silent), /the master to answer/],
  ['started anew, it does not answer yet', taken({ master: another, ...silent }), /the master to answer/],
])('not yet: %s', (_what, now, awaiting) => {
  const {
    done,
    awaiting: [first],
    failed,
  } = exchangeTook(before, now)
  expect([done, failed]).toEqual([false, undefined])
  expect(first).toMatch(awaiting)
})

const again = { ...family.unit, restarts: family.unit.restarts + 1 }

test.each([
  ['it is gone', taken({ master: null }), /died with the new binary/],
  ['systemd has started it again', taken({ master: another, unit: again }), /died with the new binary/],
  ['the host has put the old one back', seen(400, 0, { master: { ...master, pid: 777 } }), /put the old one back/],
])('never: %s', (_what, now, message) => expect(exchangeTook(before, now).failed?.message).toMatch(message))

test('who serves runs what lies there, master and worker', () => {
  expect(serving(taken())).toEqual([])
  expect(serving(taken({ children: [{ ...worker, pid: 400 }] }))).toHaveLength(1)
  expect(serving(taken({ children: [] }))).toEqual(['a worker to answer'])
  expect(serving(taken({ master: null }))).toEqual(['HAProxy to run'])
})
