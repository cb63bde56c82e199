import { beforeAll, expect, test } from 'vitest'
import { type Connected, whoIsConnected } from '../../../src/daemons/haproxy/connected.ts'
import { describeConnected } from '../../../src/daemons/haproxy/describe-connected.ts'
import { drained } from '../../../src/daemons/haproxy/drained.ts'
import { info } from '../../../src/daemons/haproxy/info.ts'
import { shutSessions } from '../../../src/daemons/haproxy/shut-sessions.ts'
import { processes } from '../../../src/daemons/haproxy/workers.ts'
import { keepalivedDaemon } from '../../../src/daemons/keepalived/daemon.ts'
import { whereHeld } from '../../../src/daemons/keepalived/vip.ts'
import type { Host } from '../../../src/hosts/host.ts'
import { runtimeContract } from '../../unit/daemons/haproxy/runtime-contract.ts'
import { type Lab, describeOnLab, useLab } from '../support/lab.ts'
import { labHost } from '../support/lab-host.ts'

const sockets = { socket: '/run/haproxy/admin.sock', masterSocket: '/run/haproxy-master.sock' }
const apps = ['app1', 'app2', 'app3'] as const
const seatOf = (backend: string, server: (typeof apps)[number]) => ({
  ...sockets,
  backend,
  server,
  address: `10.77.0.2${server.slice(3)}`,
  port: 8080,
})

/** Keeps one connection open for some milliseconds, without waiting for it. */
function hold(lab: Lab, script: string, ms: number): void {
  void lab.inLab(['node', '-e', `setTimeout(() => process.exit(0), ${ms}); ${script}`])
}

const poll = { timeout: 90_000, interval: 200 }

describeOnLab('HAProxy on a lab', () => {
  const lab = useLab()
  let lb1: Host
  let lb2: Host
  beforeAll(async () => {
    lb1 = await labHost(lab, 'lb1')
    lb2 = await labHost(lab, 'lb2')
  })

  const look = async (backend: string): Promise<Connected[]> =>
    await Promise.all(apps.map(async (app) => await whoIsConnected(lb1, seatOf(backend, app))))
  const linesOf = async (backend: string) => (await look(backend)).flatMap((each) => describeConnected(each))
  const established = async (backend: string) =>
    (await look(backend)).reduce((sum, { tcp }) => sum + tcp.established, 0)
  const allDrained = async (backend: string) => (await look(backend)).every((each) => drained(each))

  runtimeContract('the lab’s HAProxy', () => ({ host: lb2, seat: seatOf('shop', 'app3') }))

  test('nobody is connected', async () => {
    await expect.poll(() => allDrained('shop'), poll).toBe(true)
  })

  test('a websocket is seen, also when it is on an old worker, until it ends', async () => {
    hold(lab, `new WebSocket('ws://10.77.0.11/shop/live')`, 15_000)
    await expect
      .poll(() => linesOf('shop'), poll)
      .toEqual([expect.stringMatching(/^10\.77\.0\.1:\d+ {2}websocket {2}since/)])
    await lab.ssh('lb1', 'sudo systemctl reload haproxy')
    await expect
      .poll(() => linesOf('shop'), poll)
      .toEqual([expect.stringMatching(/^10\.77\.0\.1:\d+ {2}websocket {2}since .* old worker \d+$/)])
    expect(await allDrained('shop')).toBe(false)
    await expect.poll(() => allDrained('shop'), poll).toBe(true)
  })

  test('a session on an old worker can be cut', async () => {
    hold(lab, `new WebSocket('ws://10.77.0.11/shop/live')`, 30_000)
    await expect.poll(() => linesOf('shop'), poll).toHaveLength(1)
    await lab.ssh('lb1', 'sudo systemctl reload haproxy')
    await expect.poll(async () => (await linesOf('shop')).join(), poll).toContain('old worker')
    for (const app of apps) await shutSessions(lb1, seatOf('shop', app))
    await expect.poll(() => allDrained('shop'), poll).toBe(true)
    await expect.poll(async () => (await processes(lb1, sockets.masterSocket))?.leaving, poll).toEqual([])
  })

  test('an idle connection of http-reuse never is seen, and holds nothing up', async () => {
    const agent = `new (require('node:http').Agent)({ keepAlive: true })`
    hold(
      lab,
      `require('node:http').get({ host: '10.77.0.11', port: 8081, agent: ${agent} }, (r) => r.resume())`,
      20_000,
    )
    await expect.poll(() => established('shop_never'), poll).toBeGreaterThan(0)
    await expect.poll(() => allDrained('shop_never'), poll).toBe(true)
    expect(await established('shop_never')).toBeGreaterThan(0)
  })

  test('a TCP session that says nothing is seen', async () => {
    hold(lab, `require('node:net').connect(9000, '10.77.0.11')`, 10_000)
    await expect.poll(() => linesOf('shop_tcp'), poll).toEqual([expect.stringMatching(/ {2}TCP {2}since /)])
    await expect.poll(() => allDrained('shop_tcp'), poll).toBe(true)
  })

  test('a HAProxy that is stopped does not answer', async () => {
    const { pid } = await info(lb2, sockets.socket)
    await lab.ssh('lb2', `sudo kill -STOP ${pid}`)
    await expect(info(lb2, sockets.socket, { timeout: 500 })).rejects.toMatchObject({ code: 'haproxy-silent' })
    await lab.ssh('lb2', `sudo kill -CONT ${pid}`)
    expect(await info(lb2, sockets.socket)).toMatchObject({ pid })
  })

  test('the VIP is on one host, by Keepalived', async () => {
    const held = await Promise.all([lb1, lb2].map(async (host) => await whereHeld(host, '10.77.0.100')))
    expect(held.filter((each) => each !== null)).toEqual(['host0'])
    expect(await keepalivedDaemon(lb1, 'keepalived')).toMatchObject({
      running: true,
      version: expect.stringMatching(/^2\./) as string,
    })
  })
})
