import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseUnit, showUnit } from '../../../../src/daemons/systemd/unit.ts'

test('a unit as systemd 257 shows it', () =>
  expect(parseUnit(readFileSync(new URL('nginx-service.txt', import.meta.url), 'utf8'))).toEqual({
    id: 'nginx.service',
    loaded: true,
    type: 'forking',
    pidFile: '/run/nginx.pid',
    mainPid: 10092,
    activeState: 'active',
    subState: 'running',
    result: 'success',
    controlGroup: '/system.slice/nginx.service',
    execPath: '/usr/sbin/nginx',
    execLine: '/usr/sbin/nginx -g daemon on; master_process on;',
    killMode: 'mixed',
    restart: 'no',
    restarts: 0,
    needsDaemonReload: false,
  }))

test('an unknown unit is not loaded, though systemctl exits 0', () =>
  expect(parseUnit('LoadState=not-found\nType=simple\nMainPID=0\nId=nope.service\n')).toMatchObject({
    loaded: false,
    type: '',
    mainPid: null,
  }))

test('a host without systemd has no unit', () =>
  expect(parseUnit('sh: 1: systemctl: not found\n')).toMatchObject({ id: '', loaded: false, mainPid: null }))

test('a unit name is never taken for an option', () =>
  expect(showUnit('--version').slice(-2)).toEqual(['--', '--version']))
