import { expect, test } from 'vitest'
import { masterSocketIn } from '../../../../src/daemons/haproxy/picture.ts'
import { haproxyReloadTook, refuseHaproxyReload } from '../../../../src/daemons/haproxy/reload.ts'
import { parseInfo } from '../../../../src/daemons/haproxy/info.ts'
import { binary, master, seen, silent, version } from './pictured.ts'

const before = seen(342, 3)

test('taken: the same master, one more reload, a new worker of the file on disk', () =>
  expect(haproxyReloadTook(before, seen(400, 4))).toEqual({ done: true, awaiting: [] }))

test.each([
  ['nothing has happened yet', before, 'the master to reload'],
  ['the master re-executes itself', seen(342, 4, silent), 'the master to answer (Connection refused)'],
  ['the list has no new worker yet', seen(342, 4), 'a new worker'],
  ['the new worker does not answer yet', seen(400, 4, { worker: null }), 'worker 400 to answer'],
  [
    'it is leaving already',
    seen(400, 4, { worker: { ...parseInfo(''), pid: 400, version, stopping: true } }),
    'worker 400 to serve: it is leaving',
  ],
])('not yet: %s', (_what, now, awaiting) =>
  expect(haproxyReloadTook(before, now)).toEqual({ done: false, awaiting: [awaiting] }),
)

test.each([
  ['a reload that failed', seen(342, 4, {}, 1), /goes on with the one before/],
  ['it is gone', seen(342, 4, { master: null, ...silent }), /HAProxy is gone/],
  ['it was restarted', seen(400, 0, { master: { ...master, startTicks: 1 } }), /was restarted/],
  ['its program is gone', seen(342, 3, { ...silent, binary: { ...binary, executable: false } }), /cannot execute/],
  ['another file', seen(400, 4, { binary: { ...binary, inode: '1:1' } }), /does not run the file that lies at/],
  [
    'another version',
    seen(400, 4, { binary: { ...binary, version: '2.6.12' } }),
    /is HAProxy 3\.0\.11.*, not 2\.6\.12/,
  ],
])('never: %s', (_what, now, message) => expect(haproxyReloadTook(before, now).failed?.message).toMatch(message))

test('why it failed is read from the journal', () => {
  const journal = [
    { pid: 60, text: '[NOTICE]   (60) : haproxy version is 3.0.11' },
    { pid: 60, text: '[ALERT]    (60) : cannot bind socket (Address already in use) for [0.0.0.0:22]' },
  ]
  expect(haproxyReloadTook(before, seen(342, 4, { journal }, 1)).failed?.said).toBe(
    'cannot bind socket (Address already in use) for [0.0.0.0:22]',
  )
})

test('a master that was silent before: its new worker tells, however many reloads', () =>
  expect(haproxyReloadTook(seen(342, 0, silent), seen(400, 2)).done).toBe(true))

test.each([
  ['fit', before, []],
  ['not running', seen(342, 3, { master: null }), ['not-running']],
  ['no whole path', seen(342, 3, { binary: null }), ['argv0']],
  ['no file', seen(342, 3, { binary: { ...binary, inode: '', executable: false } }), ['binary-missing']],
  ['not executable', seen(342, 3, { binary: { ...binary, executable: false } }), ['binary-not-executable']],
  ['does not run here', seen(342, 3, { binary: { ...binary, version: null } }), ['binary-broken']],
  ['another version', seen(342, 3, { binary: { ...binary, version: '2.6.12' } }), ['binary-replaced']],
  ['the same version, installed again', seen(342, 3, { binary: { ...binary, inode: '1:1' } }), []],
  ['no workers', seen(342, 3, { children: [] }), ['no-master']],
  ['no socket', seen(342, 3, { masterSocket: null }), ['no-master-socket']],
  ['silent', seen(342, 3, silent), ['master-silent']],
])('refusals: %s', (_what, picture, codes) =>
  expect(refuseHaproxyReload(picture).map(({ code }) => code)).toEqual(codes),
)

test.each([
  [['haproxy', '-Ws', '-S', '/run/m.sock'], '/run/m.sock'],
  [['haproxy', '-S', 'unix@/run/m.sock,level,admin'], '/run/m.sock'],
  [['haproxy', '-S', '127.0.0.1:1234'], null],
  [['haproxy', '-Ws'], null],
  [['haproxy', '-S'], null],
])('the master socket of %j', (argv, path) => expect(masterSocketIn(argv)).toBe(path))
