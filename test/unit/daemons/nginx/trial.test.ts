import { expect, test } from 'vitest'
import { nginxConflicts } from '../../../../src/daemons/nginx/conflicts.ts'
import { parseTrial, tryNginx } from '../../../../src/daemons/nginx/trial.ts'
import { picture, recorded } from './fixture.ts'

const trial = (name: string) => parseTrial(recorded(`trial/${name}`))
const [master] = picture('taken').masters
if (master === undefined) throw new Error('the fixture has a master')

test('a good candidate lives, with all its workers', () =>
  expect(trial('lives')).toMatchObject({ outcome: 'lives', workers: 2, log: [], said: '' }))

test('working_directory /nonexistent passes -t and has no workers', () =>
  expect(trial('working-directory')).toMatchObject({
    outcome: 'no-workers',
    workers: 0,
    log: [{ level: 'alert', text: 'chdir("/nonexistent") failed (2: No such file or directory)' }, {}, {}],
  }))

test('a missing module is told in nginx’s words', () =>
  expect(trial('module-missing')).toMatchObject({
    outcome: 'does-not-start',
    said: expect.stringContaining('ngx_nope.so'),
  }))

test('what neither ends nor lives hangs', () => expect(trial('hangs').outcome).toBe('hangs'))

test('a host that forbids namespaces says so, and nothing of the candidate', () =>
  expect(trial('forbidden')).toMatchObject({
    outcome: 'cannot-be-tried',
    said: 'unshare: unshare failed: Operation not permitted',
  }))

test('an answer that was cut short tells nothing', () =>
  expect(parseTrial('@zdt trial 1\n@start 0').outcome).toBe('cannot-be-tried'))

test('workers that are others at the second look are unsteady', () => {
  const text = recorded('trial/lives')
  const second = text.lastIndexOf('@look')
  const restarted = text.slice(0, second) + text.slice(second).replace(/ \d+ (nginx: worker)/g, ' 999 $1')
  expect(parseTrial(restarted).outcome).toBe('unsteady')
})

test('an address that another program has is seen before USR2, not 2.5 s after', () =>
  expect(nginxConflicts(trial('address-taken').listeners, master)).toEqual([
    { wanted: '0.0.0.0:9999', taken: '0.0.0.0:9999' },
  ]))

test('addresses that are handed over, or free, are no conflict', () => {
  expect(nginxConflicts(trial('lives').listeners, master)).toEqual([])
  expect(nginxConflicts(trial('unix-socket').listeners, master)).toEqual([])
})

test('a wildcard excludes the one address that nginx itself had', () => {
  const listeners = [{ kind: 'tcp', address: '127.0.0.1:81', inode: 1 }] as const
  const wanted = [{ kind: 'tcp', address: '0.0.0.0:81', inode: 2 }] as const
  expect(nginxConflicts(wanted, { ...master, listeners })).toEqual([{ wanted: '0.0.0.0:81', taken: '127.0.0.1:81' }])
})

test('the candidate gets the options of the master, and the time it may take', () =>
  expect(tryNginx('/usr/sbin/nginx.new', master, { watch: 2000, limit: 9000 }).slice(5)).toEqual([
    '12426',
    '',
    '9',
    '',
    '',
    '1.000',
    '/usr/sbin/nginx.new',
    '-g',
    'daemon on; master_process on;',
  ]))
