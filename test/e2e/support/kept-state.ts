import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { isMomentary } from '../../../src/daemons/haproxy/kept/momentary.ts'
import { reloadKeeping, type Reloaded } from '../../../src/daemons/haproxy/kept/reload-keeping.ts'
import { type RuntimeState, runtimeState } from '../../../src/daemons/haproxy/kept/runtime-state.ts'
import { order } from '../../../src/daemons/haproxy/runtime.ts'
import { processes } from '../../../src/daemons/haproxy/workers.ts'
import type { Host } from '../../../src/hosts/host.ts'
import { sleep } from '../../../src/lib/clock.ts'
import type { Lab } from './lab.ts'
import { labHost } from './lab-host.ts'
import { startWrk } from './wrk.ts'

const socket = '/run/haproxy/admin.sock'
const masterSocket = '/run/haproxy-master.sock'
const path = '/etc/haproxy/haproxy.cfg'
const patient = { timeout: 90_000, interval: 200 }

/** What operators can have set, to compare before and after. */
function settings({ servers }: RuntimeState) {
  return servers
    .map(({ backend, server, admin, weight, address, port, check, agent }) => ({
      seat: `${backend}/${server}`,
      admin,
      weight,
      address,
      port,
      check,
      agent,
    }))
    .toSorted((a, b) => a.seat.localeCompare(b.seat))
}

/** The tests of what a reload keeps, the same for every version of HAProxy. */
export function keptStateTests(lab: Lab): void {
  let lb1: Host
  let real: string
  beforeAll(async () => {
    lb1 = await labHost(lab, 'lb1')
    real = (await lb1.read(path)).toString()
  })

  /** The current worker; its master answers nobody for a moment after a start or a reload. */
  const worker = async () => (await processes(lb1, masterSocket).catch(() => undefined))?.workers[0]?.pid

  /** systemd's own reload, and the new worker seen. */
  const reload = async () => {
    const before = await vi.waitUntil(worker, patient)
    const { code, stderr } = await lb1.run(['systemctl', 'reload', 'haproxy'], { as: 'root' })
    expect({ code, said: stderr.toString() }).toEqual({ code: 0, said: '' })
    await vi.waitUntil(async () => ((await worker()) ?? before) !== before, patient)
  }
  const change = async (next: string): Promise<Reloaded> => {
    const running = (await lb1.read(path)).toString()
    await lb1.write(path, next)
    return await reloadKeeping(lb1, { socket, path, running, next, reload })
  }
  const now = async () => settings(await runtimeState(lb1, socket))
  const of = async (seat: string) => (await now()).find((one) => one.seat === seat)
  const inBackend = (text: string, backend: string, edit: (section: string) => string) =>
    text.replace(new RegExp(`^backend ${backend}\n(?:[ \t].*\n)*`, 'm'), (section) => edit(section))

  beforeEach(async () => {
    await lb1.write(path, real)
    await lb1.run(['systemctl', 'restart', 'haproxy'], { as: 'root' })
    await expect
      .poll(async () => (await runtimeState(lb1, socket)).servers.every(({ op }) => op === 'running'), patient)
      .toBe(true)
  })
  afterEach(async () => {
    // Whatever a test did: no configuration of a moment, no state of a moment.
    expect(isMomentary((await lb1.read(path)).toString())).toBe(false)
    expect((await lb1.run(['ls', '/var/lib/zdt/haproxy.state'], { as: 'root' })).code).not.toBe(0)
  })

  test('everything an operator can set is as it was, a server that was added too', async () => {
    await order(lb1, socket, [
      'set server shop/app1 weight 50',
      'set server shop/app2 state drain',
      'disable health shop/app3',
      'set server shop_tcp/app1 state maint',
      'set server shop_never/app2 addr 10.77.0.23 port 8080',
      'add server shop/app4 10.77.0.21:8080 check weight 30',
      'enable health shop/app4',
      'set server shop/app4 state ready',
      'set server shop/app4 weight 15',
    ])
    await expect.poll(async () => (await of('shop/app4'))?.check, patient).toBe('on')
    const before = await now()
    const { by, orders } = await change(real.replace('maxconn 8000', 'maxconn 7000'))
    expect(by).toBe('a state file for this reload')
    // Only what no state file can hold.
    expect(orders.every((each) => each.includes('shop/app4'))).toBe(true)
    expect(await now()).toEqual(before)
    expect((await lb1.read(path)).toString()).toContain('maxconn 7000')
  })

  test('under load no request reaches a drained server, and none is lost', async () => {
    // Without it an old worker closes idle keep-alive connections at once, and a request on its way there is lost (2.6, 3.0).
    const gentle = real.replace('defaults\n', 'defaults\n    option idle-close-on-response\n')
    await change(gentle)
    await order(lb1, socket, ['set server shop/app2 state drain'])
    const load = await startWrk(lab, 'http://10.77.0.11:8080/')
    await sleep(500)
    for (const maxconn of [7000, 7001, 7002]) {
      await change(gentle.replace('maxconn 8000', `maxconn ${maxconn}`))
      await sleep(300)
      const { stdout } = await lb1.run(['sh', '-c', `echo show stat shop 4 -1 | sudo socat - UNIX-CONNECT:${socket}`])
      const [, app2 = ''] = stdout
        .toString()
        .split('\n')
        .filter((line) => line.startsWith('shop,app'))
      // stot: since the new worker began.
      expect(app2.split(',')[7]).toBe('0')
    }
    expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
  })

  test('a configuration that loads a state file itself is left alone; its port wins over the state’s', async () => {
    const loading = real
      .replace('global\n', 'global\n    server-state-file /var/lib/haproxy/state\n')
      .replace('defaults\n', 'defaults\n    load-server-state-from-file global\n')
    await change(loading)
    await order(lb1, socket, ['set server shop/app2 state drain'])
    const { by, orders } = await change(
      inBackend(loading, 'shop', (section) => section.replace('10.77.0.21:8080', '10.77.0.21:8079')),
    )
    expect([by, orders]).toEqual(['its own state file', []])
    expect(await of('shop/app2')).toMatchObject({ admin: 'drain' })
    expect(await of('shop/app1')).toMatchObject({ port: 8079 })
  })

  test('renamed, drained: drained under its new name; a changed weight wins; a server no longer disabled comes up', async () => {
    const disabled = inBackend(real, 'shop', (section) => section.replace(/(app3 .*)/, '$1 disabled'))
    await change(disabled)
    await order(lb1, socket, ['set server shop/app1 weight 5', 'set server shop/app2 state drain'])
    const { keeping } = await change(
      inBackend(real, 'shop', (section) =>
        section.replace('server app2', 'server green2').replace('weight 100', 'weight 90'),
      ),
    )
    expect(await of('shop/green2')).toMatchObject({ admin: 'drain' })
    expect(await of('shop/app1')).toMatchObject({ weight: 90 })
    expect(keeping.verdicts.map(({ server, outcome }) => `${server} ${outcome}`)).toEqual([
      'shop/app1 configuration wins',
      'shop/app2 kept',
      'shop/app3 configuration wins',
    ])
    await expect
      .poll(async () => (await runtimeState(lb1, socket)).servers.find(({ server }) => server === 'app3'), patient)
      .toMatchObject({ admin: 'ready', op: 'running' })
  })

  test('nothing set: a plain reload', async () => {
    expect(await change(real.replace('maxconn 8000', 'maxconn 7000'))).toMatchObject({ by: 'plain', orders: [] })
  })

  test('a server that is down is down for the new worker too', async () => {
    await lab.ssh('app3', 'sudo systemctl stop shop')
    try {
      await expect
        .poll(
          async () =>
            (await runtimeState(lb1, socket)).servers.find((one) => one.backend === 'shop' && one.server === 'app3')
              ?.op,
          patient,
        )
        .toBe('stopped')
      const load = await startWrk(lab, 'http://10.77.0.11:8080/')
      await change(real.replace('maxconn 8000', 'maxconn 7000'))
      expect(await load.stop()).toMatchObject({ not2xx: 0 })
      expect(
        (await runtimeState(lb1, socket)).servers.find((one) => one.backend === 'shop' && one.server === 'app3')?.op,
      ).toBe('stopped')
    } finally {
      await lab.ssh('app3', 'sudo systemctl start shop')
    }
  })
}
