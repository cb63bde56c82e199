import { expect, test } from 'vitest'
import { mainDirectives } from '../../../../src/daemons/nginx/main-directives.ts'
import { settingsOf } from '../../../../src/daemons/nginx/settings.ts'

const argv = { binary: '/opt/nginx', prefix: null, config: null, errorLog: null, globals: null }
const read = (text: string, more = {}, said = '') =>
  settingsOf({ ...argv, ...more }, { path: '/etc/nginx.conf', texts: [text], said, processors: 8 })

test('only directives of the main context count', () =>
  expect(mainDirectives('user www; # pid /no;\nhttp { pid /no; server { listen 80; } }\npid "/run/a b.pid";')).toEqual([
    { name: 'user', args: ['www'] },
    { name: 'pid', args: ['/run/a b.pid'] },
  ]))

test('braces in quotes and variables are no blocks', () =>
  expect(
    mainDirectives(`env "A={"; http { log_format x '{"a": "\${b}"}'; set $c \${d}; } pid /p;`).map(({ name }) => name),
  ).toEqual(['env', 'pid']))

test('-g comes before the file, the file before what was built in', () => {
  const said =
    "configure arguments: --with-cc-opt='-g -O2 --pid-path=/no' --prefix=/usr/share/nginx --pid-path=/run/built.pid"
  expect(read('', {}, said).pidFile).toBe('/run/built.pid')
  expect(read('pid /run/file.pid;', {}, said).pidFile).toBe('/run/file.pid')
  expect(read('', { globals: 'daemon on; pid /run/g.pid' }, said).pidFile).toBe('/run/g.pid')
})

test('relative paths lie under the prefix', () =>
  expect(read('', { prefix: '/srv/n/' })).toMatchObject({
    prefix: '/srv/n',
    pidFile: '/srv/n/logs/nginx.pid',
    errorLog: '/srv/n/logs/error.log',
  }))

test('a log that is no file cannot be read', () => {
  expect(read('error_log stderr;').errorLog).toBeNull()
  expect(read('error_log syslog:server=unix:/dev/log warn;').errorLog).toBeNull()
})

test('auto is a worker a processor, nothing said is one', () => {
  expect(read('worker_processes auto;').workers).toBe(8)
  expect(read('worker_processes 4;').workers).toBe(4)
  expect(read('').workers).toBe(1)
})

test('daemon and master_process are on unless they are off', () => {
  expect(read('daemon off; master_process off;')).toMatchObject({ daemon: false, masterProcess: false })
  expect(read('')).toMatchObject({ daemon: true, masterProcess: true })
})
