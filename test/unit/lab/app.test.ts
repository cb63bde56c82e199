import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listenHttp } from '../../../src/lab/app/server.ts'

let dir: string
let server: Server
let port: number

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zdt-shop-'))
  server = listenHttp(0, { host: 'app1', version: '1.0.0', unhealthyFile: join(dir, 'unhealthy') })
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(dir, { recursive: true })
})

test('says who it is, with and without the prefix of its load balancer', async () => {
  expect(await get('/')).toBe('{"host":"app1","version":"1.0.0"}\n')
  expect(await get('/shop/')).toBe('{"host":"app1","version":"1.0.0"}\n')
  expect(await get('/shop/version')).toBe('1.0.0\n')
})

test('is unhealthy while the file is there', async () => {
  expect((await fetch(at('/healthz'))).status).toBe(200)
  await writeFile(join(dir, 'unhealthy'), '')
  expect((await fetch(at('/healthz'))).status).toBe(503)
})

test('a long poll gets its headers at once and its news later', async () => {
  const asked = Date.now()
  const response = await fetch(at('/poll?ms=300'))
  expect(Date.now() - asked).toBeLessThan(250)
  expect(await response.text()).toBe('news\n')
  expect(Date.now() - asked).toBeGreaterThanOrEqual(290)
})

test('a download has as many bytes as were asked for', async () => {
  expect(await get('/download?bytes=1001&ms=50')).toHaveLength(1001)
})

test('a websocket is opened as the RFC has it, and echoes', async () => {
  const socket = upgrade('/shop/live', 'websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n')
  expect(await read(socket)).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n')
  socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]))
  expect(await read(socket)).toBe('\x81\x02hi')
  socket.destroy()
})

test('a stream is opened, and echoes bytes', async () => {
  const socket = upgrade('/stream', 'echo', '')
  expect(await read(socket)).toContain('101 Switching Protocols')
  socket.write('anything')
  expect(await read(socket)).toBe('anything')
  socket.destroy()
})

test('what it does not know it says so', async () => {
  expect((await fetch(at('/nothing'))).status).toBe(404)
  const socket = upgrade('/live', 'telnet', '')
  expect(await read(socket)).toContain('400 Bad Request')
})

test('a client that leaves early does not end it', async () => {
  const early = request(at('/slow?ms=2000'))
  early.on('error', () => undefined)
  const left = new Promise((resolve) => early.once('close', resolve))
  early.end()
  setTimeout(() => early.destroy(), 50)
  await left
  expect(await get('/version')).toBe('1.0.0\n')
})

function at(path: string): string {
  return `http://127.0.0.1:${port}${path}`
}

async function get(path: string): Promise<string> {
  return await (await fetch(at(path))).text()
}

function upgrade(path: string, protocol: string, more: string): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n${more}\r\n`)
  return socket
}

async function read(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  return chunk.toString('latin1')
}
