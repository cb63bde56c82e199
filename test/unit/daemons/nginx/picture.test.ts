import { describe, expect, test } from 'vitest'
import { lookAtNginx } from '../../../../src/daemons/nginx/picture.ts'
import { parsePicture } from '../../../../src/daemons/nginx/parse-picture.ts'
import { picture, recorded } from './fixture.ts'

describe('the picture of an nginx upgraded on disk but not yet in memory', () => {
  const replaced = picture('replaced')
  test('its master, with what it was started with', () =>
    expect(replaced.masters).toMatchObject([
      {
        pid: 10092,
        ppid: 1,
        uid: 0,
        exe: '/usr/sbin/nginx',
        exeDeleted: true,
        version: { name: 'nginx', text: '1.22.1' },
        argv: { binary: '/usr/sbin/nginx', config: null, globals: 'daemon on; master_process on;' },
        cgroup: '/system.slice/nginx.service',
        ownRoot: false,
      },
    ]))
  test('its listeners, and those of others', () => {
    expect(replaced.masters[0]?.listeners.map(({ kind, address }) => `${kind} ${address}`)).toEqual([
      'tcp 0.0.0.0:80',
      'tcp 0.0.0.0:8081',
      'tcp6 [::]:80',
    ])
    expect(replaced.masters[0]?.taken).toContainEqual(expect.objectContaining({ kind: 'tcp', address: '0.0.0.0:22' }))
  })
  test('its settings', () =>
    expect(replaced.masters[0]?.settings).toEqual({
      prefix: '/usr/share/nginx',
      config: '/etc/nginx/nginx.conf',
      pidFile: '/run/nginx.pid',
      errorLog: '/var/log/nginx/error.log',
      daemon: true,
      masterProcess: true,
      workers: 2,
      user: 'www-data',
    }))
  test('its pid file and the binary that USR2 would start', () => {
    expect(replaced.pidFiles).toEqual({ '/run/nginx.pid': '10092' })
    expect(replaced.binaries).toMatchObject([
      {
        path: '/usr/sbin/nginx',
        realPath: '/usr/sbin/nginx',
        version: { text: '1.26.3' },
        mode: '755',
        folderWritable: true,
      },
    ])
  })
})

test('processes in containers are counted, not touched', () =>
  expect(picture('container')).toMatchObject({ masters: [], others: [], elsewhere: { length: 3 } }))

test('a master outside of the unit is a neighbour', () => {
  const found = picture('several')
  expect(found.masters).toHaveLength(1)
  expect(found.neighbours).toEqual(['14144 nginx: master process /usr/sbin/nginx -c /run/two.conf'])
  const alone = parsePicture(recorded('several').replace('ControlGroup=/system.slice/nginx.service', 'ControlGroup='))
  expect(alone?.masters).toHaveLength(2)
})

test('what is included at the margin counts, and its pid file is read', () => {
  const { masters, pidFiles } = picture('included')
  expect(masters[0]?.settings).toMatchObject({ workers: 3, pidFile: '/run/web.pid' })
  expect(pidFiles['/run/web.pid']).toBe(String(masters[0]?.pid))
})

test('a banner before the answer is no answer', () =>
  expect(parsePicture(`Welcome!\n@end\n${recorded('single')}`)).toEqual(picture('single')))

test('an answer that was cut short is none', () => {
  expect(parsePicture(recorded('single').slice(0, -6))).toBeUndefined()
  expect(parsePicture('sh: 1: not found')).toBeUndefined()
})

test('a configuration that looks like a frame stays a configuration', () => {
  const forged = recorded('single').replace(' user www-data;', ' @process 1\n user www-data;')
  expect(parsePicture(forged)?.masters).toHaveLength(1)
})

test('the picture survives a journal', () =>
  expect(JSON.parse(JSON.stringify(picture('winched')))).toEqual(picture('winched')))

test('the unit is an argument, never a part of the script', () => {
  expect(lookAtNginx('nginx@a;b.service').at(-1)).toBe('nginx@a;b.service')
  expect(lookAtNginx('x')[2]).toBe(lookAtNginx('y')[2])
})
