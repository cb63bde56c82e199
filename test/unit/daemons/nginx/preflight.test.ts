import { describe, expect, test } from 'vitest'
import { preflight } from '../../../../src/daemons/nginx/preflight.ts'
import type { NginxPicture } from '../../../../src/daemons/nginx/picture.ts'
import { picture, severalMasters } from './fixture.ts'

const codes = (seen: NginxPicture) => preflight(seen).map(({ code }) => code)

test.each(['single', 'upgraded', 'sandboxed', 'taken'])('nothing speaks against %s', (name) =>
  expect(preflight(picture(name))).toEqual([]),
)

test.each([
  ['none', ['not-running']],
  ['container', ['container']],
  ['starting', ['upgrade-under-way']],
  ['both-accept', ['upgrade-under-way']],
  ['winched', ['upgrade-under-way']],
  ['old-lingers', ['upgrade-under-way']],
  ['orphans', ['orphan-workers', 'binary-replaced']],
  ['master-process-off', ['no-master-process']],
  ['daemon-off', ['daemon-off', 'unit-not-forking']],
  ['bare-argv0', ['bare-argv0', 'not-by-systemd']],
  ['relative-argv0', ['relative-argv0', 'not-by-systemd']],
  ['replaced', ['binary-replaced']],
  ['unit-without-pidfile', ['unit-without-pidfile']],
  ['pid-file-missing', ['pid-file-missing']],
  ['pid-file-empty', ['pid-file-missing']],
  ['pid-file-other', ['pid-file-other']],
  ['oldbin-left', ['oldbin-left']],
  ['too-many-workers', ['binary-replaced', 'too-many-workers']],
])('%s is refused', (name, expected) => expect(codes(picture(name))).toEqual(expected))

test('two masters of one unit are refused', () => expect(codes(severalMasters())).toEqual(['several-masters']))

describe('what no host was at hand for', () => {
  const seen = picture('single')
  const [master] = seen.masters
  if (master === undefined) throw new Error('the fixture has a master')
  const withMaster = (change: Partial<typeof master>): NginxPicture => ({
    ...seen,
    masters: [{ ...master, ...change }],
  })
  const withUnit = (change: Partial<typeof seen.unit>): NginxPicture => ({ ...seen, unit: { ...seen.unit, ...change } })

  test('a master of another user', () => expect(codes(withMaster({ uid: 1000 }))).toEqual(['not-root']))
  test('a chrooted master', () => expect(codes(withMaster({ ownRoot: true }))).toEqual(['own-root']))
  test('no workers', () => expect(codes({ ...seen, others: [] })).toEqual(['no-workers']))
  test('the binary was removed', () =>
    expect(codes({ ...seen, binaries: seen.binaries.map((one) => ({ ...one, inode: '' })) })).toEqual([
      'binary-missing',
    ]))
  test('a read-only /usr', () =>
    expect(codes({ ...seen, binaries: seen.binaries.map((one) => ({ ...one, folderWritable: false })) })).toEqual([
      'binary-not-writable',
    ]))
  test('a unit that follows another process', () =>
    expect(codes(withUnit({ mainPid: 7 }))).toEqual(['unit-other-main-pid']))
  test('a unit that reads another pid file', () =>
    expect(codes(withUnit({ pidFile: '/run/web/nginx.pid' }))).toEqual(['unit-other-pidfile']))
  test('/var/run is /run', () => expect(codes(withUnit({ pidFile: '/var/run/nginx.pid' }))).toEqual([]))
  test('a host without systemd', () =>
    expect(codes(withUnit({ loaded: false, pidFile: '', mainPid: null }))).toEqual([]))
})

test('each refusal says what to do next', () => {
  for (const name of ['none', 'winched', 'orphans', 'pid-file-missing']) {
    for (const { message, suggestions } of preflight(picture(name))) {
      expect(message).toMatch(/^[^A-Z].*[^.]$/)
      expect(suggestions).not.toEqual([])
    }
  }
})
