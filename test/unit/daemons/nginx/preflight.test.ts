import { describe, expect, test } from 'vitest'
import { unmended } from '../../../../src/daemons/nginx/refusal.ts'
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

describe('what can be mended', () => {
  const mends = (seen: NginxPicture) => preflight(seen).flatMap(({ mend }) => mend ?? [])
  const pidFile = '/run/nginx.pid'

  test.each([
    ['pid-file-missing', [{ mend: 'write-pid-file', path: pidFile }]],
    ['pid-file-empty', [{ mend: 'write-pid-file', path: pidFile }]],
    ['pid-file-other', [{ mend: 'write-pid-file', path: pidFile }]],
    ['oldbin-left', [{ mend: 'remove-oldbin', path: `${pidFile}.oldbin` }]],
    ['orphans', [{ mend: 'end-orphans', pids: [11671, 11672] }]],
    ['too-many-workers', [{ mend: 'heal-master', pid: 11202 }]],
    ['single', []],
    ['bare-argv0', []],
    ['winched', []],
  ])('%s', (name, expected) => expect(mends(picture(name))).toEqual(expected))

  test.each(['pid-file-other', 'oldbin-left'])(
    '%s, where that is a live nginx of another unit, is left alone',
    (name) => {
      const seen = picture(name)
      const [named = ''] = Object.values(seen.pidFiles).filter((pid) => pid !== String(seen.masters[0]?.pid))
      const neighbours = [`${named} nginx: master process /usr/sbin/nginx -c /etc/nginx/other.conf`]
      expect(mends({ ...seen, neighbours })).toEqual([])
      expect(preflight({ ...seen, neighbours })[0]?.message).toContain('that is another nginx')
    },
  )

  test('once it is mended the rest stays refused', () => {
    const refusals = preflight(picture('orphans'))
    expect(unmended(refusals, ['end-orphans']).map(({ code }) => code)).toEqual(['binary-replaced'])
    expect(unmended(refusals, ['write-pid-file'])).toEqual(refusals)
  })
})

describe('reuseport', () => {
  const seen = picture('single')
  const on = (sockets: number, workers: number): NginxPicture => ({
    ...seen,
    masters: seen.masters.map((master) => ({
      ...master,
      listeners: Array.from({ length: sockets }, (_, inode) => ({
        kind: 'tcp' as const,
        address: '0.0.0.0:80',
        inode,
      })),
      settings: master.settings && { ...master.settings, workers },
    })),
  })

  test('fewer workers after the change: sockets would close with connections in them', () => {
    const [refusal, ...more] = preflight(on(2, 1))
    expect(refusal).toMatchObject({
      code: 'reuseport-fewer-workers',
      suggestions: ['worker_processes 2;   # as it runs now'],
    })
    expect(refusal?.message).toContain('0.0.0.0:80 has 2 sockets, one a worker, but 1 workers are configured')
    expect(more).toEqual([])
  })
  test.each([
    [2, 2],
    [2, 4],
    [1, 2],
  ])('%i sockets and %i workers are fine', (sockets, workers) => expect(codes(on(sockets, workers))).toEqual([]))
})

test('each refusal says what to do next', () => {
  for (const name of ['none', 'winched', 'orphans', 'pid-file-missing']) {
    for (const { message, suggestions } of preflight(picture(name))) {
      expect(message).toMatch(/^[^A-Z].*[^.]$/)
      expect(suggestions).not.toEqual([])
    }
  }
})
