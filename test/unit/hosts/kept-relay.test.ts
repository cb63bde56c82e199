import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localTransport } from '../../../src/hosts/local.ts'
import { Relays } from '../../../src/hosts/relays.ts'
import type { Running, Transport } from '../../../src/hosts/transport.ts'
import type { HostName } from '../../../src/lib/types.ts'

let dir: string
let transport: Transport
let started: Running[]
let relays: Relays
const servers: Server[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zdt-kept-'))
  const local = await localTransport('lb1' as HostName, process.env)
  started = []
  transport = {
    ...local,
    start: async (...args) => {
      const running = await local.start(...args)
      started.push(running)
      return running
    },
  }
  relays = new Relays(transport, 'none')
})

afterEach(async () => {
  await transport.close()
  for (const server of servers.splice(0)) server.close()
  await rm(dir, { recursive: true })
})

function listen(name: string, answer: (socket: Socket) => void): string {
  const path = join(dir, name)
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    answer(socket)
  })
  servers.push(server.listen(path))
  return path
}

/** Answers a question with itself, once it is whole. */
const echo = (): string => listen('echo', async (socket) => socket.end(await text(socket)))

const open = (path: string) => relays.open(path, 'login', (said) => new Error(`broken: ${said}`))

async function conversation(path: string): Promise<Duplex> {
  const opened = await open(path)
  if (!(opened instanceof Duplex)) throw new Error(opened?.refused ?? 'no relay can be kept')
  return opened
}

async function said(path: string, question: string): Promise<string> {
  const socket = await conversation(path)
  socket.end(question)
  return text(socket)
}

describe('a relay that is kept', () => {
  test('one conversation after another, byte for byte, by one process', async () => {
    const path = echo()
    for (const question of ['a', '', 'ä\0\n', 'abc'.repeat(300_000), 'b'])
      expect(await said(path, question)).toBe(question)
    expect(started).toHaveLength(1)
  })

  test('side by side each has its own, and two stay', async () => {
    const path = echo()
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((question) => said(path, question)))
    expect(all).toEqual(['a', 'b', 'c', 'd'])
    await Promise.all(['a', 'b'].map((question) => said(path, question)))
    expect(started).toHaveLength(4)
  })

  test('a refusal in the system’s words, and the next conversation', async () => {
    const path = echo()
    expect(await open(join(dir, 'none'))).toEqual({ refused: 'No such file or directory' })
    expect(await said(path, 'a')).toBe('a')
    expect(started).toHaveLength(1)
  })

  test('a side that speaks first, and goes while it is still spoken to', async () => {
    const rude = listen('rude', (socket) => socket.end('go away'))
    const path = echo()
    for (const question of ['a', 'b']) {
      const socket = await conversation(rude)
      const answer = text(socket)
      socket.on('error', () => {})
      socket.write('x'.repeat(500_000))
      expect(await answer).toBe('go away')
      expect(await said(path, question)).toBe(question)
    }
  })

  test('what is left of a broken-off answer is nobody else’s', async () => {
    const endless = listen('endless', (socket) => socket.write('y'.repeat(200_000)))
    const socket = await conversation(endless)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    expect(await said(echo(), 'a')).toBe('a')
    expect(started).toHaveLength(2)
  })

  test('killed while it is idle, it is missed by nobody', async () => {
    const path = echo()
    await said(path, 'a')
    process.kill(started[0]?.group() ?? 0, 'SIGKILL')
    await started[0]?.code
    expect(await said(path, 'b')).toBe('b')
  })

  test('killed in the middle of an answer, that is no end of it', async () => {
    const socket = await conversation(listen('slow', (socket) => socket.write('half an ans')))
    socket.write('?')
    await new Promise((resolve) => socket.once('data', resolve))
    const rest = text(socket)
    process.kill(started[0]?.group() ?? 0, 'SIGKILL')
    await expect(rest).rejects.toThrow('broken: the relay ended with 137')
  })

  test('its host is crowded: an idle one makes room', async () => {
    const path = echo()
    await said(path, 'a')
    const others = await Promise.all(Array.from({ length: 8 }, () => transport.start(['cat'])))
    expect(others).toHaveLength(8)
    for (const other of others) other.stdin.end()
  })

  test('given a host without perl / none can be kept', async () => {
    const bare = await localTransport('lb1' as HostName, { PATH: '/nonexistent' })
    const opened = await new Relays(bare, 'none').open(echo(), 'login', (said) => new Error(said))
    expect(opened).toBeUndefined()
    await bare.close()
  })
})
