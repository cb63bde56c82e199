import { setImmediate } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Helpers } from '../../../src/hosts/helpers.ts'
import { Frames, framed } from '../../../src/hosts/helper-script.ts'
import { localTransport } from '../../../src/hosts/local.ts'
import type { Running, Transport } from '../../../src/hosts/transport.ts'
import { HostUnreachable } from '../../../src/hosts/errors.ts'
import type { HostName } from '../../../src/lib/types.ts'

let transport: Transport
let sessions: Running[]
let helpers: Helpers

async function open(env: NodeJS.ProcessEnv, edit: (argv: readonly string[]) => readonly string[] = (argv) => argv) {
  const local = await localTransport('lb1' as HostName, env)
  sessions = []
  transport = {
    ...local,
    isLocal: false,
    start: async (argv, options) => {
      const running = await local.start(edit(argv), options)
      sessions.push(running)
      return running
    },
  }
  helpers = new Helpers(transport, 'none')
}

beforeEach(() => open(process.env))
afterEach(() => transport.close())

const start = (...argv: string[]): Promise<Running> => helpers.start('login', argv)

async function said(...argv: string[]): Promise<string> {
  const running = await start(...argv)
  running.stdin.end()
  return text(running.stdout)
}

const killHelper = async (): Promise<void> => {
  process.kill(sessions[0]?.group() ?? 0, 'SIGKILL')
  await sessions[0]?.code
}

test('frames come whole, however they are cut', () => {
  const bytes = Buffer.concat([framed(1, 'o', 'ä\0'), framed(70_000, 'x', '0'), framed(2, 'c')])
  for (const size of [1, 3, 10, bytes.length]) {
    const frames = new Frames()
    const heard = []
    for (let at = 0; at < bytes.length; at += size) heard.push(...frames.take(bytes.subarray(at, at + size)))
    expect(heard.map(({ id, kind, content }) => [id, kind, content.toString()])).toEqual([
      [1, 'o', 'ä\0'],
      [70_000, 'x', '0'],
      [2, 'c', ''],
    ])
  }
})

test('many commands, one session', async () => {
  const numbers = Array.from({ length: 50 }, (_, index) => String(index))
  expect(await Promise.all(numbers.map((number) => said('echo', number)))).toEqual(numbers.map((n) => `${n}\n`))
  expect(sessions).toHaveLength(1)
})

test('one that does not read its input holds up nobody', async () => {
  const deaf = await start('sleep', '1000')
  deaf.stdin.write(Buffer.alloc(1_000_000))
  expect(await said('echo', 'a')).toBe('a\n')
  process.kill(-(deaf.group() ?? 0), 'SIGKILL')
  expect(await deaf.code).toBe(137)
})

test('a command ends when it has closed its outputs, and its children theirs', async () => {
  const began = performance.now()
  const parent = await start('sh', '-c', 'sleep 0.3 & exit 3')
  expect(await parent.code).toBe(3)
  expect(performance.now() - began).toBeGreaterThan(250)
  const closed = await start('sh', '-c', 'exec >&- 2>&-; sleep 0.3; exit 4')
  expect(await closed.code).toBe(4)
})

test('a helper that dies takes with it what it said of its commands; the next command gets another', async () => {
  const running = await start('sleep', '1000')
  await killHelper()
  await expect(running.code).rejects.toThrow(HostUnreachable)
  expect(await said('echo', 'a')).toBe('a\n')
  process.kill(-(running.group() ?? 0), 'SIGKILL')
})

test('a command that is let go of is forgotten, and its end too', async () => {
  const running = await start('sh', '-c', 'echo before; read line; echo after')
  running.drop()
  await expect(running.code).rejects.toMatchObject({ said: 'the command was let go of' })
  expect(await said('echo', 'a')).toBe('a\n')
})

test('given a signal while the helper has not answered / it rejects, and the command is killed', async () => {
  const first = await start('true')
  await first.code
  process.kill(sessions[0]?.group() ?? 0, 'SIGSTOP')
  const stop = new AbortController()
  const never = helpers.start('login', ['sleep', '4321'], { signal: stop.signal })
  // Asked by now, and not answered.
  await setImmediate()
  stop.abort(new Error('Ctrl-C'))
  await expect(never).rejects.toThrow('Ctrl-C')
  process.kill(sessions[0]?.group() ?? 0, 'SIGCONT')
  expect(await said('sh', '-c', 'pgrep -fx "sleep 4321" || echo none')).toBe('none\n')
})

test('given a signal before it is asked / nothing is started', async () => {
  const stop = new AbortController()
  const never = helpers.start('login', ['sleep', '4322'], { signal: stop.signal })
  stop.abort(new Error('Ctrl-C'))
  await expect(never).rejects.toThrow('Ctrl-C')
  expect(await said('sh', '-c', 'pgrep -fx "sleep 4322" || echo none')).toBe('none\n')
})

test('given a helper that ends for want of work / the next command gets another', async () => {
  await open(process.env, (argv) => (argv[0] === 'perl' ? [...argv.slice(0, -1), '0.2'] : argv))
  expect(await said('echo', 'a')).toBe('a\n')
  expect(await sessions[0]?.code).toBe(0)
  expect(await said('echo', 'b')).toBe('b\n')
  expect(sessions).toHaveLength(2)
})

test('given that its host is crowded / an idle one makes room', async () => {
  await said('echo', 'a')
  const others = await Promise.all(Array.from({ length: 8 }, () => transport.start(['cat'])))
  expect(others).toHaveLength(8)
  for (const other of others) other.stdin.end()
})

test('given a host without perl / each command is started by itself', async () => {
  await open({ PATH: '/nonexistent' })
  expect(await said('/bin/echo', 'a')).toBe('a\n')
  expect(await said('/bin/echo', 'b')).toBe('b\n')
  expect(sessions).toHaveLength(3)
})
