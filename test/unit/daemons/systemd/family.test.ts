import { expect, test } from 'vitest'
import { parseFamily } from '../../../../src/daemons/systemd/family.ts'
import { systemdFixture } from './fixture.ts'

test('HAProxy: master and worker, and the file that a reload executes', () =>
  expect(parseFamily(systemdFixture('haproxy'))).toMatchObject({
    at: 1795268092530,
    unit: { id: 'haproxy.service', mainPid: 60 },
    master: { pid: 60, startTicks: 463488, frozen: false, exeDeleted: false, exeInode: '2097374:1479052' },
    children: [{ pid: 342, startTicks: 468097 }],
    binary: { path: '/usr/sbin/haproxy', executable: true, version: '3.0.11-1+deb13u3', inode: '2097374:1479052' },
    journal: [],
    addresses: ['10.77.0.11/16', '10.77.0.100/16'],
  }))

test('Keepalived: its version, and its journal by processes', () => {
  const family = parseFamily(systemdFixture('keepalived-reloaded'))
  expect(family?.binary?.version).toBe('2.3.3')
  expect(family?.journal.at(-1)).toEqual({ pid: 61, text: 'Reload complete' })
})

test('a process that was stopped by a signal, one whose file is gone, and one that has ended', () => {
  const text = systemdFixture('keepalived-reloaded')
    .replace('(keepalived) S 61', '(keep) alive) T 61')
    .replace('exe /usr/sbin/keepalived\n', 'exe /usr/sbin/keepalived (deleted)\n')
  expect(parseFamily(text)).toMatchObject({ master: { exeDeleted: true }, children: [{ pid: 65, frozen: true }] })
  expect(parseFamily(text.replace('alive) T 61', 'alive) Z 61'))?.children).toEqual([])
})

test('a unit without a process', () =>
  expect(
    parseFamily('@zdt unit-family 1\n@clock 1\n@unit\n Id=x.service\n MainPID=0\n@journal\n@addresses\n@end\n'),
  ).toMatchObject({
    master: null,
    children: [],
    binary: null,
  }))

test('an answer that was cut short is none', () =>
  expect(parseFamily('@zdt unit-family 1\n@clock 1\n')).toBeUndefined())
