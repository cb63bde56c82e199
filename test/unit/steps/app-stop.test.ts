import { Buffer } from 'node:buffer'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../../src/daemons/app/look.ts'
import type { On } from '../../../src/engine/step-kind.ts'
import type { Host } from '../../../src/hosts/host.ts'
import { hostOver } from '../../../src/hosts/host-over.ts'
import { localTransport } from '../../../src/hosts/local.ts'
import type { HostName } from '../../../src/lib/types.ts'
import { deployVersion } from '../../../src/steps/app/deploy.ts'
import { stopApp } from '../../../src/steps/app/stop.ts'

/** An application that says what it is told to, on a real port. */
let says = { version: '1.0.0', health: 200 }
let server: Server
let host: Host
let app: App

beforeAll(async () => {
  server = createServer(({ url }, answer) => {
    if (url === '/healthz') answer.writeHead(says.health).end()
    else answer.end(says.version)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  app = { address: '127.0.0.1', port, health: { path: '/healthz', status: 200 }, version: { path: '/version' } }
  host = hostOver(await localTransport('app1' as HostName, process.env), 'none')
})
afterAll(async () => {
  await host.close()
  server.close()
})

const on = () => ({ host, run: '7K2Q9X', signal: new AbortController().signal }) as unknown as On
const input = () => ({ pool: 'shop', server: 'app1', app, stop: ['stop'], back: ['go', '{version}'], timeout: 1000 })

test('one that is ill is not stopped for that; one that takes no connection is', async () => {
  says = { version: '1.0.0', health: 503 }
  const ill = await stopApp.observe(input(), on())
  expect(ill).toMatchObject({ version: '1.0.0', listens: true })
  expect(stopApp.isDone(input(), ill)).toBe(false)

  const nobody = { ...input(), app: { ...app, address: '127.0.0.2', port: 9 } }
  expect(stopApp.isDone(nobody, await stopApp.observe(nobody, on()))).toBe(true)
})

test.each([
  ['ill: half stopped, or half back', { version: '1.0.0', health: 503 }, true],
  ['well, with what was found', { version: '1.0.0', health: 200 }, true],
  [
    'well, with another version: somebody has deployed it, and it is asked about',
    { version: '4.0.0', health: 200 },
    false,
  ],
])('%s', async (_what, now, halfway) => {
  const found = { version: '1.0.0', ill: null, listens: true }
  says = now
  expect(await stopApp.halfway?.(input(), found, on())).toBe(halfway)
})

test.each([
  [stopApp, '7K2Q9X-app1-stop'],
  [stopApp, '7K2Q9X-app1-stop-back'],
  [deployVersion, '7K2Q9X-app1'],
] as const)('while its command runs nothing is as it was, however well it is: %#', async (kind, running) => {
  says = { version: '1.0.0', health: 200 }
  const found = { version: '1.0.0', ill: null, listens: true }
  const work = new Set<string>()
  const run: Host['run'] = (argv, options) =>
    argv.includes('zdt-work') && argv.some((word) => work.has(word))
      ? Promise.resolve({ code: 0, stdout: Buffer.from('begun b\nrunning\n'), stderr: Buffer.alloc(0) })
      : host.run(argv, options)
  const there = { ...on(), host: { ...host, run } }
  const given = { ...input(), to: '2.0.0', deploy: ['go'] }
  expect(await kind.undone(given, found, there)).toMatchObject({ done: true })
  work.add(running)
  expect(await kind.undone(given, found, there)).toMatchObject({
    done: false,
    awaiting: [`zdt-work-${running} runs`],
  })
  expect(await stopApp.halfway?.(input(), { ...found, version: '0.9.0' }, there)).toBe(kind === stopApp)
})

test('by hand: the version that was found is deployed again; where none was, nobody knows which', () => {
  const back = (version: string | null) =>
    stopApp.describeUndo(input(), { version, ill: null, listens: true }, 'app1' as HostName)
  expect(back('1.0.0')).toEqual(['go 1.0.0'])
  expect(back(null)).toEqual([])
})
