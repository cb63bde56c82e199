import { expect, test } from 'vitest'
import { argvOf, parseMasterTitle } from '../../../../src/daemons/nginx/argv.ts'

const none = { prefix: null, config: null, errorLog: null, globals: null }

test.each([
  ['nginx', { ...none, binary: 'nginx' }],
  [
    '/usr/sbin/nginx -g daemon on; master_process on;',
    { ...none, binary: '/usr/sbin/nginx', globals: 'daemon on; master_process on;' },
  ],
  ['/opt/n -p /srv/n/ -c conf/a.conf', { ...none, binary: '/opt/n', prefix: '/srv/n/', config: 'conf/a.conf' }],
  [
    '/opt/n -c/etc/a.conf -e stderr -g pid /run/x.pid; -q',
    { ...none, binary: '/opt/n', config: '/etc/a.conf', errorLog: 'stderr', globals: 'pid /run/x.pid;' },
  ],
])('nginx: master process %s', (line, expected) =>
  expect(parseMasterTitle(`nginx: master process ${line}`)).toEqual(expected),
)

test('a worker has no options to read', () => expect(parseMasterTitle('nginx: worker process')).toBeUndefined())

test('a candidate is tried with the options of the master', () =>
  expect(
    argvOf(
      { binary: '/usr/sbin/nginx', prefix: '/srv', config: 'a.conf', errorLog: null, globals: 'daemon on;' },
      '/tmp/new',
    ),
  ).toEqual(['/tmp/new', '-p', '/srv', '-c', 'a.conf', '-g', 'daemon on;']))
