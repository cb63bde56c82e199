import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { relayCommand } from '../../../src/hosts/relay.ts'

const which = (program: string): string =>
  spawnSync('sh', ['-c', 'PATH=/usr/bin:/bin command -v "$0"', program]).stdout.toString().trim()

let dir: string
let server: Server

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zdt-relay-'))
  server = createServer({ allowHalfOpen: true }, async (socket) => {
    // socat looks first whether anyone listens, and leaves at once.
    socket.on('error', () => {})
    const asked = await buffer(socket)
    socket.end(asked.toReversed())
  })
  await new Promise<void>((resolve) => {
    server.listen(join(dir, 'a, strange:name!'), resolve)
  })
})

afterAll(async () => {
  server.close()
  await rm(dir, { recursive: true })
})

describe.each(['perl', 'python3', 'socat'])('with %s alone on the host', (program) => {
  const path = which(program)
  const relay = async (
    socket: string,
    input: Buffer,
  ): Promise<{ code: number | null; stdout: string; stderr: string }> => {
    const bin = await mkdtemp(join(dir, 'bin-'))
    await symlink(path, join(bin, program))
    for (const tool of ['tr']) await symlink(which(tool), join(bin, tool))
    const [file = '', ...args] = relayCommand(socket)
    const child = spawn(file, args, { env: { PATH: bin } })
    child.stdin.on('error', () => {}).end(input)
    const ended = new Promise<number | null>((resolve) => {
      child.once('close', resolve)
    })
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { code: await ended, stdout, stderr }
  }

  test.skipIf(path === '')('passes bytes both ways, and the half-close', async () => {
    const input = Buffer.from('abc'.repeat(100_000))
    const { code, stdout } = await relay(join(dir, 'a, strange:name!'), input)
    expect(code).toBe(0)
    expect(stdout).toBe(`0 connected\n${'cba'.repeat(100_000)}`)
  })

  test.skipIf(path === '')('says why not', async () => {
    const { code, stdout } = await relay(join(dir, 'none'), Buffer.alloc(0))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^[1-9]\d* No such file or directory ?\n$/)
  })
})

test('a host with none of the three says so', () => {
  const [file = '', ...args] = relayCommand('/run/x.sock')
  const { stdout } = spawnSync(file, args, { env: { PATH: '/nonexistent' } })
  expect(stdout.toString()).toBe('127 the host has neither perl nor python3 nor socat\n')
})
