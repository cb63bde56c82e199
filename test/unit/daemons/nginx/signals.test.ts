import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { signalNginx } from '../../../../src/daemons/nginx/signals.ts'
import { notTheSame } from '../../../../src/daemons/signal-process.ts'

test('one constant script, everything else as arguments', () =>
  expect(signalNginx('USR2', { pid: 7, startTicks: 42 }).slice(3)).toEqual([
    'zdt-signal',
    'USR2',
    '7',
    '42',
    'nginx: master process',
  ]))

const send = ([file = '', ...args]: string[]) => spawnSync(file, args, { encoding: 'utf8' })
const ticksOf = (pid: number) => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19])

test.runIf(process.platform === 'linux')('a process that is not the one that was seen is left alone', async () => {
  const child = spawn('bash', ['-c', "exec -a 'nginx: master process /usr/sbin/nginx' sleep 60"], { stdio: 'ignore' })
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  await expect.poll(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toMatch(/^nginx: /)
  const startTicks = ticksOf(pid)
  expect(send(signalNginx('TERM', { pid, startTicks: startTicks + 1 }))).toMatchObject({
    status: notTheSame,
    stderr: expect.stringContaining('another one'),
  })
  expect(send(signalNginx('TERM', { pid, startTicks }, 'worker'))).toMatchObject({
    status: notTheSame,
    stderr: expect.stringContaining('no nginx: worker'),
  })
  expect(send(signalNginx('TERM', { pid: 4_194_304, startTicks }))).toMatchObject({
    status: notTheSame,
    stderr: expect.stringContaining('gone'),
  })
  expect(child.exitCode).toBeNull()
  expect(send(signalNginx('TERM', { pid, startTicks })).status).toBe(0)
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGTERM')
})
