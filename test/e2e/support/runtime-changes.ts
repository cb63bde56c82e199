import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { ChangeKind, On } from '../../../src/engine/step-kind.ts'
import type { Host } from '../../../src/hosts/host.ts'
import { order, tell } from '../../../src/daemons/haproxy/runtime.ts'
import { servers } from '../../../src/daemons/haproxy/servers.ts'
import type { HostName, Json } from '../../../src/lib/types.ts'
import { addServerAtRunTime } from '../../../src/steps/haproxy/add-server.ts'
import { awaitPassingCheck } from '../../../src/steps/haproxy/await-passing-check.ts'
import { fewOldWorkers } from '../../../src/steps/haproxy/few-old-workers.ts'
import { oldWorkersGone } from '../../../src/steps/haproxy/old-workers-gone.ts'
import { removeServerAtRunTime } from '../../../src/steps/haproxy/remove-server.ts'
import { setServerAddress } from '../../../src/steps/haproxy/set-address.ts'
import { setServerState } from '../../../src/steps/haproxy/set-state.ts'
import type { Lab } from './lab.ts'
import { labHost } from './lab-host.ts'
import { startInLab } from './running.ts'
import { startWrk } from './wrk.ts'

const patient = { timeout: 90_000, interval: 100 }

/** The tests of what is changed at run time instead of by a reload, the same for every version of HAProxy. */
export function runtimeChangeTests(lab: Lab): void {
  let host: Host
  const on = (): On => ({
    host,
    run: '7K2Q9X',
    signal: new AbortController().signal,
    other: () => Promise.resolve(host),
    text: () => Promise.reject(new Error('no text')),
  })
  const seatOf = (backend: string, server: string, address = '10.77.0.21') => ({
    host: 'lb1' as HostName,
    socket: '/run/haproxy/admin.sock',
    masterSocket: '/run/haproxy-master.sock',
    pool: backend,
    backend,
    server,
    address,
    port: 8080,
  })
  const look = async (backend: string, server: string) =>
    (await servers(host, '/run/haproxy/admin.sock', { backend })).servers.find((one) => one.server === server)

  /** Runs a change as the engine does; returns what was found. */
  async function run<Input extends Json, Found extends Json>(kind: ChangeKind<Input, Found>, input: Input) {
    const found = await kind.observe(input, on())
    if (!kind.isDone(input, found)) await kind.apply(input, found, on())
    await vi.waitUntil(async () => (await kind.verify(input, found, on())).done, patient)
    return found
  }
  async function undo<Input extends Json, Found extends Json>(
    kind: ChangeKind<Input, Found>,
    input: Input,
    found: Found,
  ) {
    await kind.undo(input, found, on())
    await vi.waitUntil(async () => (await kind.undone(input, found, on())).done, patient)
  }

  const restart = () => host.run(['systemctl', 'restart', 'haproxy'], { as: 'root' })
  beforeAll(async () => {
    host = await labHost(lab, 'lb1')
  })
  afterEach(async () => {
    await restart()
    await vi.waitUntil(async () => (await look('shop', 'app1').catch(() => undefined))?.op === 'running', patient)
  })
  afterAll(restart)

  test('an address: set, set again, put back', async () => {
    const input = { seat: seatOf('shop', 'app2'), to: { address: '10.77.0.23', port: 8080 } }
    const found = await run(setServerAddress, input)
    expect(await look('shop', 'app2')).toMatchObject({ address: '10.77.0.23', op: 'running' })
    expect(setServerAddress.isDone(input, await setServerAddress.observe(input, on()))).toBe(true)
    await undo(setServerAddress, input, found)
    expect(await look('shop', 'app2')).toMatchObject({ address: '10.77.0.22', port: 8080 })
  })

  test('a server added under load serves only after its checks pass; put back, it is gone and nothing is lost', async () => {
    const load = await startWrk(lab, 'http://10.77.0.11:8080/')
    const seat = seatOf('shop', 'app4')
    const input = { seat, words: '10.77.0.21:8080 inter 500ms check weight 50'.split(' ') }
    const found = await run(addServerAtRunTime, input)
    expect(await look('shop', 'app4')).toMatchObject({ admin: 'drain', weight: 50 })
    await vi.waitUntil(async () => (await awaitPassingCheck.look({ seat, timeout: 1 }, on(), 0)).done, patient)
    const ready = { seat, state: 'ready' } as const
    const drained = await run(setServerState, ready)
    await vi.waitUntil(async () => ((await look('shop', 'app4'))?.total ?? 0) > 0, patient)
    expect(addServerAtRunTime.isDone(input, await addServerAtRunTime.observe(input, on()))).toBe(true)
    await undo(setServerState, ready, drained)
    await undo(addServerAtRunTime, input, found)
    expect(await look('shop', 'app4')).toBeUndefined()
    expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
  })

  test('a server that does not answer is added and never made ready', async () => {
    const seat = seatOf('shop', 'dead')
    await run(addServerAtRunTime, { seat, words: '10.77.0.21:9 inter 200ms check'.split(' ') })
    await vi.waitUntil(async () => (await look('shop', 'dead'))?.check?.result === 'failed', patient)
    expect((await awaitPassingCheck.look({ seat, timeout: 1 }, on(), 0)).done).toBe(false)
  })

  test('killed between add and drain: known as halfway, and put back from there', async () => {
    const seat = seatOf('shop', 'app4')
    const input = { seat, words: ['10.77.0.21:8080', 'check'] }
    await order(host, seat.socket, ['add server shop/app4 10.77.0.21:8080 check'])
    expect(await addServerAtRunTime.halfway?.(input, { there: false }, on())).toBe(true)
    await undo(addServerAtRunTime, input, { there: false })
    expect(await look('shop', 'app4')).toBeUndefined()
  })

  test('a server removed under load: gone, gone still, and back with its checks and its weight', async () => {
    const load = await startWrk(lab, 'http://10.77.0.11:8080/')
    const seat = seatOf('shop', 'app3', '10.77.0.23')
    await tell(host, seat.socket, ['set server shop/app3 weight 70'])
    const input = { seat, words: '10.77.0.23:8080 inter 500ms rise 2 fall 2 check weight 100'.split(' ') }
    await run(setServerState, { seat, state: 'drain' })
    await vi.waitUntil(async () => (await look('shop', 'app3'))?.sessions === 0, patient)
    const found = { ...(await run(removeServerAtRunTime, input)), admin: 'ready' as const }
    expect(await look('shop', 'app3')).toBeUndefined()
    expect(removeServerAtRunTime.isDone(input, await removeServerAtRunTime.observe(input, on()))).toBe(true)
    await undo(removeServerAtRunTime, input, found)
    expect(await look('shop', 'app3')).toMatchObject({ admin: 'ready', op: 'running', weight: 70, initialWeight: 100 })
    expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
  })

  test('a server with somebody on it is not removed, and is said to be in maintenance', async () => {
    const seat = seatOf('shop', 'app1')
    void lab.inLab([
      'node',
      '-e',
      `setTimeout(() => process.exit(0), 40_000); new WebSocket('ws://10.77.0.11/shop/live')`,
    ])
    const who = await vi.waitUntil(async () => {
      const all = (await servers(host, seat.socket, { backend: 'shop' })).servers
      return all.find(({ sessions }) => sessions > 0)
    }, patient)
    const input = { seat: seatOf('shop', who.server), words: ['10.77.0.21:8080'] }
    const found = await removeServerAtRunTime.observe(input, on())
    await expect(removeServerAtRunTime.apply(input, found, on())).rejects.toMatchObject({
      message: `shop/${who.server} cannot be removed, and is left in maintenance`,
      said: expect.stringMatching(/connections/) as string,
    })
    expect(await removeServerAtRunTime.halfway?.(input, found, on())).toBe(true)
    await undo(removeServerAtRunTime, input, found)
    expect(await look('shop', who.server)).toMatchObject({ admin: 'ready', op: 'running' })
  })
  test('old workers: who is still there, how many are too many, and gone when their last session ends', async () => {
    const masterSocket = '/run/haproxy-master.sock'
    const wait = { masterSocket, timeout: 1 }
    const client = await startInLab(lab, ['node', '-e', `new WebSocket('ws://10.77.0.11/shop/live')`])
    await vi.waitUntil(async () => {
      const all = (await servers(host, '/run/haproxy/admin.sock', { backend: 'shop' })).servers
      return all.some(({ sessions }) => sessions > 0)
    }, patient)
    expect(await oldWorkersGone.look(wait, on(), 0)).toEqual({ done: true, awaiting: [] })
    await host.run(['systemctl', 'reload', 'haproxy'], { as: 'root' })
    await expect
      .poll(async () => (await oldWorkersGone.look(wait, on(), 0)).awaiting, patient)
      .toEqual([expect.stringMatching(/^lb1 {2}old worker \d+ {2}10\.77\.0\.1:\d+ on shop\/app\d since \d/)])
    await fewOldWorkers.check({ masterSocket, most: 1 }, on())
    await expect(fewOldWorkers.check({ masterSocket, most: 0 }, on())).rejects.toThrow('1 old workers still serve')
    await expect(fewOldWorkers.check({ masterSocket, most: 9, maxReloads: 1 }, on())).rejects.toThrow('would cut')
    client.signal('SIGKILL')
    await client.ended
    await vi.waitUntil(async () => (await oldWorkersGone.look(wait, on(), 0)).done, patient)
  })

  test('old workers ended by force: whom it cut is said', async () => {
    const input = { masterSocket: '/run/haproxy-master.sock', timeout: 1 }
    const client = await startInLab(lab, ['node', '-e', `new WebSocket('ws://10.77.0.11/shop/live')`])
    await vi.waitUntil(async () => {
      const all = (await servers(host, '/run/haproxy/admin.sock', { backend: 'shop' })).servers
      return all.some(({ sessions }) => sessions > 0)
    }, patient)
    await host.run(['systemctl', 'reload', 'haproxy'], { as: 'root' })
    const left = async () => (await oldWorkersGone.look(input, on(), 0)).awaiting.join()
    await vi.waitUntil(async () => (await left()).includes('old worker'), patient)
    expect(await oldWorkersGone.force?.apply(input, on())).toMatchObject({ count: 1, thing: 'session' })
    await vi.waitUntil(async () => (await oldWorkersGone.look(input, on(), 0)).done, patient)
    client.signal('SIGKILL')
    await client.ended
  })
}
