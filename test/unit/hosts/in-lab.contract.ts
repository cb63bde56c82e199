import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostSpec } from '../../../src/fleet/fleet.ts'
import { BecomeRefused, HostUnreachable, SocketRefused } from '../../../src/hosts/errors.ts'
import type { Host, Hosts } from '../../../src/hosts/host.ts'
import { openHosts } from '../../../src/hosts/open-hosts.ts'
import type { HostName } from '../../../src/lib/types.ts'
import { hostContract } from './contract.ts'

// Only inside the lab's network: test/e2e/hosts.test.ts starts this, with the lab's `ssh` on the PATH.
const transport = process.env['ZDT_CONTRACT_TRANSPORT'] === 'openssh' ? 'openssh' : 'ssh'
const spec = (name: string): HostSpec => ({
  name: name as HostName,
  address: name,
  ssh: { transport, become: 'sudo' },
  vars: {},
})
const balancer = (process.env['ZDT_CONTRACT_HOST'] ?? 'lb1') as HostName
const toCut = (process.env['ZDT_CONTRACT_CUT'] ?? 'lb2') as HostName
const open = (): Hosts => openHosts({ hosts: new Map([balancer, toCut].map((name) => [name, spec(name)])) })

hostContract(`${transport}, a Debian host`, async () => {
  const hosts = open()
  return { host: await hosts.on(balancer), close: () => hosts.closeAll() }
})

describe(`${transport}, a Debian host`, () => {
  const hosts = open()
  let host: Host
  beforeAll(async () => {
    host = await hosts.on(balancer)
  })
  afterAll(() => hosts.closeAll())

  const ask = async (socket: string, command: string, options = {}): Promise<string> => {
    const connection = await host.connect(socket, options)
    connection.end(`${command}\n`)
    return text(connection)
  }

  test('the login user is none but deploy', async () => {
    expect((await host.run(['id', '-un'])).stdout.toString()).toBe('deploy\n')
  })

  test("HAProxy's runtime socket, which deploy may not open, is reached through sudo", async () => {
    expect(await ask('/run/haproxy/admin.sock', 'show info')).toMatch(/^Name: HAProxy$/m)
    expect(await ask('/run/haproxy/admin.sock', 'show info', { as: 'root' })).toMatch(/^Name: HAProxy$/m)
  })

  test('as deploy alone it is refused, with the word for it', async () => {
    const refused = ask('/run/haproxy/admin.sock', 'show info', { as: 'login' })
    await expect(refused).rejects.toThrow(SocketRefused)
    await expect(refused).rejects.toMatchObject({ said: 'Permission denied' })
  })

  test('a helper that deploy may not run as root / each command goes by itself, and sudo says which it may not', async () => {
    const rule = '/etc/sudoers.d/zz-contract'
    const but = 'ALL, !/usr/bin/perl, !/usr/bin/whoami'
    await host.write(rule, `deploy ALL=(ALL) NOPASSWD: ${but}\n`, { as: 'root', mode: '0440' })
    // The helper of this one runs already.
    const others = open()
    try {
      const other = await others.on(balancer)
      const refused = other.run(['whoami'], { as: 'root' })
      await expect(refused).rejects.toThrow(BecomeRefused)
      await expect(refused).rejects.toMatchObject({ said: expect.stringContaining('not allowed') as string })
      expect((await other.run(['id', '-u'], { as: 'root' })).stdout.toString()).toBe('0\n')
    } finally {
      await others.closeAll()
      await host.run(['rm', rule], { as: 'root' })
    }
  })

  test('a network that goes dead is noticed within 30 s', { timeout: 90_000 }, async () => {
    const other = await hosts.on(toCut)
    const cut = 'ip link set host0 down; sleep 32; ip link set host0 up'
    await other.run(['systemd-run', '--collect', 'sh', '-c', `sleep 1; ${cut}`], { as: 'root' })
    const began = performance.now()
    const error: unknown = await other.run(['sleep', '100'], { timeout: 50_000 }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(HostUnreachable)
    expect(performance.now() - began).toBeLessThan(30_000)
    const again = (): Promise<string> =>
      hosts.on(toCut).then(
        () => 'reached',
        () => 'not yet',
      )
    await expect.poll(again, { timeout: 40_000 }).toBe('reached')
  })
})
