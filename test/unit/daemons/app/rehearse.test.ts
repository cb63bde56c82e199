import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rehearse, rehearseCommand } from '../../../../src/daemons/app/rehearse.ts'
import type { Host } from '../../../../src/hosts/host.ts'

let server: Server
let port = 0
const asked: (string | undefined)[] = []
beforeEach(async () => {
  asked.length = 0
  server = createServer((request, response) => {
    asked.push(request.url)
    if (request.url === '/cut') return request.socket.destroy()
    response.statusCode = request.url === '/error' ? 500 : request.url === '/absent' ? 404 : 200
    setTimeout(() => response.end('x'.repeat(100_000)), request.url === '/slow' ? 50 : 0)
    return undefined
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  ;({ port } = server.address() as AddressInfo)
})
afterEach(() => server.close())

/** This machine, as a host that has but one of the two. */
const hostWith = (program: 'perl' | 'python3') =>
  ({
    name: 'app1',
    run: async ([file = '', ...words]: readonly string[]) => {
      const [flag = '', script = '', ...rest] = words
      const only = `command() { [ "$2" = ${program} ]; }; ${script}`
      const { exitCode, stdout, stderr } = await execa(file, [flag, only, ...rest], { reject: false })
      return { code: exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }
    },
  }) as unknown as Host
const ask = (program: 'perl' | 'python3', paths: readonly string[], requests: number, from = 0) =>
  rehearse(hostWith(program), { address: '127.0.0.1', port, paths, requests, from })

test.each(['perl', 'python3'] as const)(
  '%s: so many, in turn; errors are what is 400 or more, and what gives no answer',
  async (program) => {
    const seen = await ask(program, ['/', '/error', '/cut', '/absent'], 8, 1)
    expect(seen).toMatchObject({ answers: 8, errors: 6, silent: 2, timed: 6 })
    expect(asked).toEqual(['/error', '/cut', '/absent', '/', '/error', '/cut', '/absent', '/'])
  },
)

test.each(['perl', 'python3'] as const)('%s: how long until the first byte', async (program) => {
  const { tookInAll, timed } = await ask(program, ['/slow'], 4)
  expect(timed).toBe(4)
  expect(tookInAll).toBeGreaterThanOrEqual(4 * 45)
})

test.each(['perl', 'python3'] as const)('%s: nobody listens: all are errors', async (program) => {
  server.close()
  await once(server, 'close')
  expect(await ask(program, ['/'], 3)).toEqual({ answers: 3, errors: 3, silent: 3, tookInAll: 0, timed: 0 })
})

test('a path is a word in hex, whatever it says', () => {
  const word = rehearseCommand({ address: '::1', port: 80, paths: ['/$(id)'], requests: 1, from: 0 }).at(-1) ?? ''
  expect(Buffer.from(word, 'hex').toString()).toMatch(/^GET \/\$\(id\) HTTP\/1\.1\r\nHost: \[::1\]:80\r\n/)
})
