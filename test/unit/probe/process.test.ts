import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Ledger } from '../../../src/probe/ledger.ts'
import { startProbe } from '../../../src/probe/probe.ts'
import { selfSigned } from './certificate.ts'
import { FaultyServer, type Fault } from './faulty-server.ts'

vi.setConfig({ testTimeout: 60_000 })

const identity = selfSigned()
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zdt-probe-'))
  await writeFile(join(directory, 'ca.pem'), identity.cert)
})
afterAll(() => rm(directory, { recursive: true }))

/** Runs probe-once.ts in a Node of its own, which trusts the test's certificate. */
async function probeOnce(...argv: string[]): Promise<string> {
  const script = fileURLToPath(new URL('probe-once.ts', import.meta.url))
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem') }
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...argv], { env, timeout: 40_000 })
  return stdout
}

test('the thread is found when Node runs the source itself, and a forgotten probe keeps no process alive', async () => {
  await using server = await new FaultyServer().listen()
  expect(await probeOnce(server.url)).toBe('')
})

const overTls: Fault = (response, { onConnection, socket }) => {
  if (onConnection > 1) socket.end()
  else response.end('x')
}

test(
  'https: a trusted certificate is answered, and stale connections are healed there too',
  { timeout: 40_000 },
  async () => {
    await using server = await new FaultyServer(overTls, identity).listen()
    const { total } = JSON.parse(await probeOnce(server.url, '200')) as Ledger
    const stale = server.arrivals.filter(({ onConnection }) => onConnection > 1).length
    expect(stale).toBeGreaterThan(0)
    expect(total).toMatchObject({ answered: total.sent, lost: 0, retried: stale })
  },
)

test('https: a certificate that nobody vouches for loses all', async () => {
  await using server = await new FaultyServer(undefined, identity).listen()
  const probe = await startProbe({ url: server.url, rate: 100, maxDuration: 5000 })
  await vi.waitFor(() => expect(probe.glance().lost).toBeGreaterThan(0), { timeout: 30_000 })
  const { total } = await probe.stop()
  expect(total).toMatchObject({ answered: 0, lost: total.sent, byCause: { tls: total.sent } })
  expect(server.arrivals).toHaveLength(0)
})

test('a server that announces little patience with idle connections never gets one back', async () => {
  await using server = new FaultyServer()
  server.keepAliveTimeout = 1000
  await server.listen()
  const probe = await startProbe({ url: server.url, rate: 200, maxDuration: 5000 })
  await vi.waitFor(() => expect(probe.glance().answered).toBeGreaterThan(20), { timeout: 30_000 })
  expect((await probe.stop()).total).toMatchObject({ retried: 0, lost: 0 })
  expect(server.arrivals.every(({ onConnection }) => onConnection === 1)).toBe(true)
})
