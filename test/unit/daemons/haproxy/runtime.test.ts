import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setState, showInfo, showSess, shutdownSession, toWorker } from '../../../../src/daemons/haproxy/commands.ts'
import { whoIsConnected } from '../../../../src/daemons/haproxy/connected.ts'
import { describeConnected } from '../../../../src/daemons/haproxy/describe-connected.ts'
import { drained } from '../../../../src/daemons/haproxy/drained.ts'
import { ask, tell } from '../../../../src/daemons/haproxy/runtime.ts'
import { servers } from '../../../../src/daemons/haproxy/servers.ts'
import { shutSessions } from '../../../../src/daemons/haproxy/shut-sessions.ts'
import type { Host } from '../../../../src/hosts/host.ts'
import { hostOver } from '../../../../src/hosts/host-over.ts'
import { localTransport } from '../../../../src/hosts/local.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import { FakeRuntime, fakeServer } from './fake-runtime.ts'
import { versions } from './fixture.ts'
import { runtimeContract } from './runtime-contract.ts'

const dir = mkdtempSync(join(tmpdir(), 'zdt-runtime-'))
const at = (name: string) => join(dir, `${name}.sock`)
let host: Host
beforeAll(async () => {
  host = hostOver(await localTransport('lb1' as HostName, process.env), 'none')
})
afterAll(async () => {
  await host.close()
  rmSync(dir, { recursive: true, force: true })
})

const place = { backend: 'shop', server: 'app2' }

describe.each(versions)('as HAProxy %s', (version) => {
  const socket = at(`admin-${version}`)
  const masterSocket = at(`master-${version}`)
  const fake = new FakeRuntime([fakeServer('shop', 'app1'), fakeServer('shop', 'app2')], { version })
  beforeAll(async () => {
    await fake.listen(socket)
    await fake.listenAsMaster(masterSocket)
  })
  afterAll(() => fake.close())
  runtimeContract(`the fake ${version}`, () => ({ host, seat: { ...place, socket, masterSocket } }))
})

describe.each(['soon', 'never'] as const)(
  'given an old worker that falls silent in mid-answer, and leaves: %s',
  (dies) => {
    const seat = {
      ...place,
      socket: at(`half-${dies}`),
      masterSocket: at(`half-${dies}-master`),
      address: '127.0.0.9',
      port: 9,
    }
    const current = new FakeRuntime([fakeServer('shop', 'app2')], { pid: 200 })
    const fresh = () => new FakeRuntime([fakeServer('shop', 'app2')], { pid: 100, stopping: true, dies })
    let closing: FakeRuntime[] = []
    beforeAll(() => current.listen(seat.socket))
    beforeEach(async () => {
      rmSync(seat.masterSocket, { force: true })
      const old = fresh()
      closing.push(old)
      await current.listenAsMaster(seat.masterSocket, [old])
    })
    afterAll(async () => {
      for (const each of [current, ...closing]) await each.close()
      closing = []
    })

    const whatHappens = async (act: () => Promise<unknown>) =>
      await act().then(
        () => 'fine',
        (error: Error) => error.message,
      )
    const expected = dies === 'soon' ? 'fine' : expect.stringContaining('cannot be read: it was cut off')

    test('who is connected', async () => {
      expect(await whatHappens(() => whoIsConnected(host, seat))).toEqual(expected)
    })
    test('sessions are cut', async () => {
      expect(await whatHappens(() => shutSessions(host, seat))).toEqual(expected)
    })
  },
)

describe('given a worker with a websocket, and an old one with a request', () => {
  // A port that nothing listens on: `ss` then finds nothing.
  const seat = { ...place, socket: at('who'), masterSocket: at('who-master'), address: '127.0.0.9', port: 9 }
  const app2 = fakeServer('shop', 'app2', {
    total: 9,
    sessions: [{ id: '0xa1', source: '203.0.113.9:51022', ageSeconds: 1560, kind: 'websocket' }],
  })
  const oldApp2 = fakeServer('shop', 'app2', {
    sessions: [{ id: '0xb1', source: '198.51.100.4:40110', ageSeconds: 130, kind: 'waiting' }],
  })
  const current = new FakeRuntime([app2], { pid: 200 })
  const old = new FakeRuntime([oldApp2], { pid: 100, stopping: true })
  beforeAll(async () => {
    await current.listen(seat.socket)
    await current.listenAsMaster(seat.masterSocket, [old])
  })
  afterAll(async () => {
    await current.close()
    await old.close()
  })

  test('both are seen, and told apart', async () => {
    const connected = await whoIsConnected(host, seat)
    expect(drained(connected)).toBe(false)
    expect(describeConnected(connected)).toEqual([
      '203.0.113.9:51022   websocket           since 26 m',
      '198.51.100.4:40110  GET, no answer yet  since 2 m 10 s  old worker 100',
    ])
  })
  test('in three rounds at most on one socket', async () => {
    current.heard.length = 0
    await whoIsConnected(host, seat)
    expect(current.heard.toSorted()).toEqual([
      '@!100 show info;@!100 show stat shop 6 -1',
      '@!100 show sess',
      '@!100 show sess 0xb1',
      'show info;show stat shop 6 -1',
      'show proc',
      'show sess',
      'show sess 0xa1',
    ])
  })
  test('the old one alone still holds the drain up', async () => {
    app2.sessions = []
    expect(drained(await whoIsConnected(host, seat))).toBe(false)
  })
  test('it takes no order about a server, but each session can be cut', async () => {
    const orders = [toWorker(100, setState(seat, 'drain'))]
    await expect(tell(host, seat.masterSocket, orders)).rejects.toMatchObject({ said: 'Proxy is disabled.' })
    app2.sessions = [{ id: '0xa2', source: '203.0.113.9:51023', ageSeconds: 1, kind: 'tcp' }]
    expect((await shutSessions(host, seat)).map(({ source }) => source)).toEqual([
      '203.0.113.9:51023',
      '198.51.100.4:40110',
    ])
    expect([...app2.sessions, ...oldApp2.sessions]).toEqual([])
  })
  test('nobody is left: drained', async () => {
    expect(await whoIsConnected(host, seat)).toMatchObject({
      workers: [
        { pid: 200, leaving: false, sessions: 0, lastUsedSeconds: 5 },
        { pid: 100, leaving: true, sessions: 0 },
      ],
      blind: [],
    })
    expect(drained(await whoIsConnected(host, seat))).toBe(true)
  })
})

describe('given a master that lists an old worker which leaves before it can be asked', () => {
  const seat = { ...place, socket: at('leaves'), masterSocket: at('leaves-master'), address: '127.0.0.9', port: 9 }
  const current = new FakeRuntime([fakeServer('shop', 'app2')], { pid: 300 })
  let master: Server
  beforeAll(async () => {
    await current.listen(seat.socket)
    master = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy())
      socket.once('data', (line) => {
        const list = '1 master 1 [failed: 0] 0d00h00m09s 3.0\n# workers\n300 worker 0 0d00h00m01s 3.0\n# old workers\n'
        const gone = "Can't find the target PID matching the prefix '@!77'\n"
        socket.end(line.toString().startsWith('show proc') ? `${list}77 worker 1 0d00h00m09s 3.0\n\n` : gone)
      })
    }).listen(seat.masterSocket)
    await once(master, 'listening')
  })
  afterAll(async () => {
    await current.close()
    master.close()
  })

  test('it has nobody', async () => {
    const connected = await whoIsConnected(host, seat)
    expect(connected.workers.map(({ pid }) => pid)).toEqual([300])
    expect(drained(connected)).toBe(true)
  })
})

describe('sockets that will not do', () => {
  const fake = new FakeRuntime([fakeServer('shop', 'app2')])
  const mute = createServer(() => {})
  const rude = createServer((socket) => socket.end())
  beforeAll(async () => {
    await fake.listen(at('user'), 'user')
    for (const [server, name] of [
      [mute, 'mute'],
      [rude, 'rude'],
    ] as const) {
      server.listen(at(name))
      await once(server, 'listening')
    }
  })
  afterAll(async () => {
    await fake.close()
    mute.close()
    rude.close()
  })

  test('of level user: it may look', async () => {
    expect((await servers(host, at('user'))).servers).toHaveLength(1)
  })
  test('of level user: it may not change, and what would help is said', async () => {
    await expect(tell(host, at('user'), [setState(place, 'drain')])).rejects.toMatchObject({
      code: 'haproxy-level',
      exit: 'refused',
      host: 'lb1',
      said: 'Permission denied',
      suggestions: [`haproxy.cfg, in \`global\`: stats socket ${at('user')} mode 660 level admin`],
    })
  })
  test('of level user: it may not name clients', async () => {
    await expect(ask(host, at('user'), [showSess()])).rejects.toMatchObject({
      message: expect.stringMatching(/level operator$/) as string,
    })
  })
  test('not there', async () => {
    await expect(ask(host, at('nowhere'), [showInfo()])).rejects.toMatchObject({
      code: 'haproxy-no-socket',
      exit: 'refused',
      suggestions: expect.arrayContaining([expect.stringContaining(`stats socket ${at('nowhere')}`)]) as string[],
    })
  })
  test('of a process that is stopped', async () => {
    await expect(ask(host, at('mute'), [showInfo()], { timeout: 100 })).rejects.toMatchObject({
      code: 'haproxy-silent',
      exit: 'refused',
      said: 'no answer within 100 ms',
      message: `lb1: HAProxy does not answer on ${at('mute')}`,
    })
  })
  test('of a process that ends', async () => {
    await expect(ask(host, at('rude'), [showInfo()])).rejects.toMatchObject({ code: 'haproxy-silent' })
  })
  test('a second Ctrl-C does not wait', async () => {
    const reason = new Error('second Ctrl-C')
    const stop = new AbortController()
    setTimeout(() => stop.abort(reason), 50)
    await expect(ask(host, at('mute'), [showInfo()], { signal: stop.signal })).rejects.toBe(reason)
  })
  test.each(['show info;quit', 'show info\nquit', String.raw`show info\ `, ''])('%j is never sent', async (command) => {
    await expect(ask(host, at('user'), [command])).rejects.toMatchObject({ code: 'haproxy-unfit', exit: 'usage' })
  })
})

test('what only asks is said to change nothing; one order among questions is an order', async () => {
  const socket = at('looks')
  const fake = new FakeRuntime([fakeServer('shop', 'app2')])
  await fake.listen(socket)
  const opened: (boolean | undefined)[] = []
  const seen: Host = {
    ...host,
    connect: (path, options) => {
      opened.push(options?.looks)
      return host.connect(path, options)
    },
  }
  await ask(seen, socket, [showInfo(), showSess()])
  await tell(seen, socket, [setState(place, 'drain')])
  await ask(seen, socket, [showSess(), shutdownSession('0xb1')])
  await ask(seen, socket, [toWorker(7, shutdownSession('0xb1'))]).catch(() => undefined)
  expect(opened).toEqual([true, false, false, false])
  await fake.close()
})
