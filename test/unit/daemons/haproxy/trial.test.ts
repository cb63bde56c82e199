import { expect, test } from 'vitest'
import { parseHaproxyTrial } from '../../../../src/daemons/haproxy/trial.ts'
import { fixture } from './fixture.ts'

const trial = (name: string) => parseHaproxyTrial(fixture(`trial/${name}.txt`))

test('a good configuration lives, and tells what it listens on', () => {
  const { listeners, ...rest } = trial('lives')
  expect(rest).toMatchObject({ outcome: 'lives', said: '', workers: 1, conflicts: [] })
  expect(listeners.map(({ address }) => address)).toEqual([
    '10.77.0.11:80',
    '/run/haproxy-master.sock',
    '/run/haproxy/admin.sock',
  ])
})

test('a missing chroot passes -c and does not start', () =>
  expect(trial('chroot')).toMatchObject({
    outcome: 'does-not-start',
    said: expect.stringContaining('Cannot chroot(/nonexistent)'),
  }))

test('a typing error is told in HAProxy’s words', () => {
  const { outcome, said } = trial('invalid')
  expect(outcome).toBe('invalid')
  expect(said).toMatch(/^config : parsing \[\/etc\/haproxy\/haproxy\.cfg:12\] : unknown keyword 'bnd'/)
})

test('a variable that is not set would bind every address', () =>
  expect(trial('unset')).toMatchObject({
    outcome: 'invalid',
    said: expect.stringMatching(/^\/etc\/haproxy\/haproxy\.cfg:13: \$\{ADDR\} is not set/),
  }))

test('an address that sshd has', () =>
  expect(trial('address-taken')).toMatchObject({
    outcome: 'address-taken',
    conflicts: [{ wanted: '0.0.0.0:22', taken: '0.0.0.0:22' }],
  }))

test('an empty file passes -c, and listens on nothing', () =>
  expect(trial('empty')).toMatchObject({ outcome: 'invalid', said: 'it would listen on no address at all' }))

test('an answer that was cut short tells nothing', () =>
  expect(parseHaproxyTrial(fixture('trial/lives.txt').slice(0, -10)).outcome).toBe('cannot-be-tried'))

test('a daemon that does not run cannot be tried', () =>
  expect(parseHaproxyTrial('@zdt trial 1\n@cannot\n haproxy is not running\n@end\n')).toMatchObject({
    outcome: 'cannot-be-tried',
    said: 'haproxy is not running',
  }))

test('workers that are others at the second look are unsteady', () => {
  const whole = fixture('trial/lives.txt')
  const [, worker = ''] = /@look\n \d+ \d+\n (\d+) \d+\n/.exec(whole) ?? []
  const second = whole.lastIndexOf('@look')
  const restarted = whole.slice(0, second) + whole.slice(second).replace(` ${worker} `, ' 999 ')
  expect(parseHaproxyTrial(restarted).outcome).toBe('unsteady')
})
