import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cleanUp, endLater, serve } from './fleet-of-fakes.ts'
import { configFor, reach, sshEnv } from './reach.ts'

cleanUp()

test.each(['ssh', 'openssh'] as const)('%s: a key that only the agent has', async (transport) => {
  const sshd = await serve()
  const socket = join(sshd.dir, 'agent.sock')
  const agent = spawn('ssh-agent', ['-D', '-a', socket])
  endLater(async () => void agent.kill())
  await new Promise((resolve) => {
    agent.stdout.once('data', resolve)
  })
  await promisify(execFile)('ssh-add', [sshd.identity], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
  const config = configFor(sshd).replace(`IdentityFile ${sshd.identity}`, 'IdentityFile none')
  const env = { ...(await sshEnv(sshd.dir, config)), SSH_AUTH_SOCK: socket }
  const { host, close } = await reach(env, { transport })
  endLater(close)
  expect(await host.run(['true'])).toMatchObject({ code: 0 })
})
