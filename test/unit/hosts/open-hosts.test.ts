import { execFile, spawn } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { openHosts } from '../../../src/hosts/open-hosts.ts'
import type { HostName } from '../../../src/lib/types.ts'
import { cleanUp, endLater, serve } from './fleet-of-fakes.ts'
import { box, configFor, specFor, sshEnv } from './reach.ts'

cleanUp()

const once = new URL('once.ts', import.meta.url).pathname

describe('the hosts of a run', () => {
  test('a host is connected to once, and only when it is asked for', async () => {
    const sshd = await serve()
    const hosts = openHosts({ hosts: new Map([['box', specFor()]]) }, { env: await sshEnv(sshd.dir, configFor(sshd)) })
    endLater(() => hosts.closeAll())
    expect(sshd.connections()).toBe(0)
    const [first, second] = await Promise.all([hosts.on(box), hosts.on(box)])
    expect(first).toBe(second)
    expect(sshd.connections()).toBe(1)
  })

  test('one that could not be reached may be tried again', async () => {
    const sshd = await serve()
    const known = `[127.0.0.1]:${sshd.port} ${sshd.publicKeys[0] ?? ''}\n`
    await writeFile(sshd.knownHosts, '')
    const hosts = openHosts({ hosts: new Map([['box', specFor()]]) }, { env: await sshEnv(sshd.dir, configFor(sshd)) })
    endLater(() => hosts.closeAll())
    await expect(hosts.on(box)).rejects.toThrow('not in known_hosts')
    await writeFile(sshd.knownHosts, known)
    expect(await (await hosts.on(box)).run(['true'])).toMatchObject({ code: 0 })
  })

  test('closeAll throws nothing, also when a host was never reached', async () => {
    const sshd = await serve({ refuseLogin: true })
    const hosts = openHosts({ hosts: new Map([['box', specFor()]]) }, { env: await sshEnv(sshd.dir, configFor(sshd)) })
    const opening = hosts.on(box).catch(() => 'refused')
    await expect(hosts.closeAll()).resolves.toBeUndefined()
    expect(await opening).toBe('refused')
    await expect(openHosts({ hosts: new Map() }).closeAll()).resolves.toBeUndefined()
  })

  test('whoever asks for a host when all are closed opens no connection that nobody would close', async () => {
    const sshd = await serve()
    const hosts = openHosts({ hosts: new Map([['box', specFor()]]) }, { env: await sshEnv(sshd.dir, configFor(sshd)) })
    await hosts.on(box)
    await hosts.closeAll()
    await expect(hosts.on(box)).rejects.toThrow('box cannot be reached')
    expect(sshd.connections()).toBe(1)
  })

  test('a name that the fleet has not is a mistake of ours', async () => {
    await expect(openHosts({ hosts: new Map() }).on('nobody' as HostName)).rejects.toThrow(RangeError)
  })
})

describe.each(['ssh', 'openssh', 'local'] as const)('%s: a process that has reached a host', (transport) => {
  test('ends by itself after closeAll', async () => {
    const sshd = await serve()
    const env = await sshEnv(sshd.dir, configFor(sshd))
    const { stdout } = await promisify(execFile)(process.execPath, [once, transport], { env, timeout: 20_000 })
    expect(stdout).toBe('done\n')
  })
})

test('openssh: a zdt that is killed leaves no connection behind', async () => {
  const sshd = await serve()
  const env = await sshEnv(sshd.dir, configFor(sshd))
  const child = spawn(process.execPath, [once, 'openssh', 'stay'], { env: { ...env, TMPDIR: sshd.dir } })
  await new Promise((resolve) => {
    child.stdout.once('data', resolve)
  })
  expect(sshd.open()).toBe(1)
  child.kill('SIGKILL')
  await expect.poll(() => sshd.open(), { timeout: 5000 }).toBe(0)
  const [dir = ''] = (await readdir(sshd.dir)).filter((name) => name.startsWith('zdt-'))
  await expect.poll(() => readdir(join(sshd.dir, dir))).toEqual([])
})
