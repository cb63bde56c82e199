import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { HostKeyRefused, HostUnreachable } from '../../../src/hosts/errors.ts'
import type { Hosts } from '../../../src/hosts/host.ts'
import { openHosts } from '../../../src/hosts/open-hosts.ts'
import type { HostName } from '../../../src/lib/types.ts'
import type { FakeSshd } from './fake-sshd.ts'
import { cleanUp, endLater, serve } from './fleet-of-fakes.ts'
import { configFor, specFor, sshEnv } from './reach.ts'

cleanUp()

const behind = async (jump: FakeSshd, targets: FakeSshd[], via = 'ProxyJump jump'): Promise<Hosts> => {
  const names = targets.map((_, index) => `t${index}`)
  const config = [configFor(jump, '', 'jump'), ...targets.map((target, index) => configFor(target, via, `t${index}`))]
  const env = await sshEnv(jump.dir, config.join('\n'))
  const hosts = openHosts({ hosts: new Map(names.map((name) => [name, specFor({}, name)])) }, { env })
  endLater(() => hosts.closeAll())
  return hosts
}
const t = (index: number): HostName => `t${index}` as HostName

describe('hosts behind a jump host', () => {
  test('are reached over one connection to it, however many they are', async () => {
    const [jump, ...targets] = [await serve(), await serve(), await serve(), await serve()]
    const hosts = await behind(jump, targets)
    const reached = await Promise.all(targets.map((_, index) => hosts.on(t(index))))
    const answers = await Promise.all(reached.map((host) => host.run(['echo', host.name])))
    expect(answers.map(({ stdout }) => stdout.toString())).toEqual(['t0\n', 't1\n', 't2\n'])
    expect(jump.connections()).toBe(1)
    await hosts.closeAll()
    await expect.poll(() => jump.open() + targets.reduce((sum, target) => sum + target.open(), 0)).toBe(0)
  })

  test('are not asked where the jump host shows an unknown key, and the error names it', async () => {
    const [jump, target] = [await serve(), await serve()]
    await writeFile(jump.knownHosts, '')
    const hosts = await behind(jump, [target])
    await expect(hosts.on(t(0))).rejects.toThrow(HostKeyRefused)
    await expect(hosts.on(t(0))).rejects.toThrow('t0 (its jump host jump) shows a host key that is not in known_hosts')
    expect(target.connections()).toBe(0)
  })

  test('show keys of their own, which are verified too', async () => {
    const [jump, target] = [await serve(), await serve()]
    await writeFile(target.knownHosts, '')
    const hosts = await behind(jump, [target])
    await expect(hosts.on(t(0))).rejects.toThrow('t0 shows a host key that is not in known_hosts')
  })

  test('that are down are told apart from a jump host that is', async () => {
    const [jump, target] = [await serve(), await serve()]
    await target.stop()
    const hosts = await behind(jump, [target])
    await expect(hosts.on(t(0))).rejects.toMatchObject({
      name: 'HostUnreachable',
      said: expect.stringContaining(`jump cannot reach 127.0.0.1 port ${target.port}`) as string,
    })
  })

  test('die with the jump host, and are reached anew when it is back', async () => {
    const [jump, target] = [await serve(), await serve()]
    const hosts = await behind(jump, [target])
    const host = await hosts.on(t(0))
    jump.resetAll()
    await expect.poll(() => host.run(['true']).catch((error: unknown) => error)).toBeInstanceOf(HostUnreachable)
    expect(await (await hosts.on(t(0))).run(['true'])).toMatchObject({ code: 0 })
  })

  test('may lie behind two, as ssh -J a,b has it', async () => {
    const [first, second, target] = [await serve(), await serve(), await serve()]
    const config = [
      configFor(first, '', 'first'),
      configFor(second, '', 'second'),
      configFor(target, 'ProxyJump first,second', 't0'),
    ]
    const env = await sshEnv(first.dir, config.join('\n'))
    const hosts = openHosts({ hosts: new Map([['t0', specFor({}, 't0')]]) }, { env })
    endLater(() => hosts.closeAll())
    expect(await (await hosts.on(t(0))).run(['true'])).toMatchObject({ code: 0 })
    expect([first.connections(), second.connections(), target.connections()]).toEqual([1, 1, 1])
  })

  test('that go round in a circle are found out', async () => {
    const sshd = await serve()
    const env = await sshEnv(
      sshd.dir,
      `${configFor(sshd, 'ProxyJump b', 't0')}\n${configFor(sshd, 'ProxyJump t0', 'b')}`,
    )
    const hosts = openHosts({ hosts: new Map([['t0', specFor({}, 't0')]]) }, { env })
    endLater(() => hosts.closeAll())
    await expect(hosts.on(t(0))).rejects.toMatchObject({ said: expect.stringContaining('round in a circle') as string })
  })
})
