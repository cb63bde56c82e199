import { expect, test } from 'vitest'
import { parseAnswered } from '../../../src/daemons/candidate.ts'
import { asked as haproxy } from '../../../src/daemons/haproxy/candidate.ts'
import { asked as nginx, movedPaths } from '../../../src/daemons/nginx/candidate.ts'
import { parseBuilt } from '../../../src/daemons/nginx/settings.ts'

const answer = (code: number, said: string, libraries = '') =>
  `@zdt candidate 1\n@sha256 ab\n@said ${code}\n ${said.replaceAll('\n', '\n ')}\n@libraries\n${libraries}@end\n`

const good =
  'nginx version: nginx/1.26.3\nconfigure arguments: --prefix=/usr/share/nginx --with-compat --with-stream=dynamic'

const fine = { problem: null, missingLibraries: [], sha256: 'ab' }

test('a good one says its version', () => {
  expect(parseAnswered(answer(0, good), nginx)).toMatchObject({ ...fine, version: { name: 'nginx', text: '1.26.3' } })
  const said = 'HAProxy version 3.0.11-1+deb13u3 2026/05/20 - https://haproxy.org/\nStatus: long-term supported branch'
  expect(parseAnswered(answer(0, said), haproxy)).toMatchObject({ ...fine, version: '3.0.11-1+deb13u3' })
})

const loader =
  '/x: error while loading shared libraries: libcrypt.so.2: cannot open shared object file: No such file or directory'

test.each([
  [answer(127, loader, ' libcrypt.so.2\n'), `it cannot load libcrypt.so.2: ${loader}`],
  [
    answer(1, "/x: /lib/libc.so.6: version `GLIBC_2.99' not found (required by /x)"),
    "it cannot load its libraries: /x: /lib/libc.so.6: version `GLIBC_2.99' not found (required by /x)",
  ],
  [answer(126, 'sh: /x: Permission denied'), 'it cannot be executed: sh: /x: Permission denied'],
  [
    answer(127, 'sh: 1: /x: not found'),
    'its loader is missing, or it is no program for this host: sh: 1: /x: not found',
  ],
  [answer(124, ''), 'it did not say its version within 5 s'],
  [answer(139, ''), 'it was killed by signal 11'],
  [answer(0, 'HAProxy version 3.0'), 'it is no nginx: -V says "HAProxy version 3.0"'],
  [answer(0, ''), 'it is no nginx: -V says nothing'],
])('%j', (said, problem) => expect(parseAnswered(said, nginx)).toMatchObject({ version: null, problem }))

test('a default path that moved counts; a module that went does not: the trial start sees it', () => {
  const running = {
    prefix: '/etc/nginx',
    'with-compat': '',
    'with-stream': 'dynamic',
    'with-http_v2_module': '',
    'with-cc-opt': '-g',
  }
  expect(movedPaths(running, { built: Object.fromEntries(parseBuilt(good)) })).toEqual([
    '--prefix was /etc/nginx, is /usr/share/nginx',
  ])
})
