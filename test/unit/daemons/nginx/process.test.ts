import { expect, test } from 'vitest'
import { parseProcess, roleOf } from '../../../../src/daemons/nginx/process.ts'

test.each([
  ['nginx: master process /usr/sbin/nginx', 'master'],
  ['nginx: worker process', 'worker'],
  ['nginx: worker process is shutting down', 'worker-leaving'],
  ['nginx: cache manager process', 'helper'],
  ['nginx: cache loader process', 'helper'],
  ['/usr/sbin/nginx -g daemon on;', undefined],
  ['vim nginx: notes', undefined],
])('%s', (title, role) => expect(roleOf(title)).toBe(role))

const body = (...more: string[]) => [
  'stat 62 (a) b (c) S 1 62 62 0 -1 4194368 35 0 0 0 0 0 0 0 20 0 1 0 60918 13840384 540',
  'uid 0',
  'exe /usr/sbin/nginx (deleted)',
  'root 1:2',
  'arg nginx: master process /usr/sbin/nginx',
  ...more,
]

test('a name may hold blanks and brackets', () =>
  expect(parseProcess(body(), '1:2')).toMatchObject({
    pid: 62,
    ppid: 1,
    startTicks: 60918,
    exe: '/usr/sbin/nginx',
    exeDeleted: true,
    ownRoot: false,
  }))

test.each([
  [['cgroup /..', 'cgroup /system.slice/nginx.service'], '/system.slice/nginx.service'],
  [['cgroup /system.slice/nginx.service', 'cgroup /'], '/system.slice/nginx.service'],
  [['cgroup /'], ''],
  [[], ''],
])('of cgroups %j', (lines, cgroup) => expect(parseProcess(body(...lines), '1:2')?.cgroup).toBe(cgroup))

test('a process that went away while it was looked at is none', () => {
  expect(parseProcess(['stat ', 'exe '], '1:2')).toBeUndefined()
  expect(parseProcess(['stat 62 (nginx) Z 1 62', 'exe '], '1:2')).toBeUndefined()
})
