import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openNotices } from '../../../src/cli/notices.ts'
import type { Plan } from '../../../src/engine/plan.ts'
import type { Result } from '../../../src/engine/result.ts'
import { parseFleet } from '../../../src/fleet/load.ts'

let server: Server
let at = ''
let status = 200
let got: { path: string; body: unknown }[] = []
beforeEach(async () => {
  status = 200
  got = []
  server = createServer((request, response) => {
    void text(request).then((body) => {
      got.push({ path: request.url ?? '', body: JSON.parse(body) as unknown })
      response.writeHead(status).end('ok')
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const fleet = (notify: string) =>
  parseFleet(
    `name: main\nhosts: { lb1: { address: 10.0.0.1 } }\nsecrets: { chat: { env: ZDT_TEST_CHAT } }\nnotify: ${notify}\n`,
    'zdt.yaml',
  )
const plan = { id: 'AAAAAA', title: 'drain app2', stages: [] } as unknown as Plan
const about = { plan, operator: 'anna@ops2' }
const begun = { event: 'run', plan, operator: 'anna@ops2', pid: 1, at: 0 } as const
const done = { ended: 'done', exit: 0, summary: 'app2 is drained' } as Result

async function run(notify: string): Promise<string[]> {
  const said: string[] = []
  const notices = openNotices(fleet(notify), about, (line) => said.push(line))
  notices?.follow(begun)
  await notices?.end(done)
  return said
}

test('each webhook is told in its form, in order; a secret one too', async () => {
  process.env['ZDT_TEST_CHAT'] = `${at}/chat`
  expect(await run(`[{ url: '${at}/all' }, { secret: chat, form: slack }]`)).toEqual([])
  const common = { fleet: 'main', run: 'AAAAAA', title: 'drain app2', operator: 'anna@ops2' }
  expect(got.filter(({ path }) => path === '/all').map(({ body }) => body)).toEqual([
    { ...common, at: expect.any(String) as string, event: 'start', text: 'started by anna@ops2' },
    { ...common, at: expect.any(String) as string, event: 'end', text: 'app2 is drained', ended: 'done', exit: 0 },
  ])
  expect(got.filter(({ path }) => path === '/chat').map(({ body }) => body)).toEqual([
    { text: 'main: drain app2 (run AAAAAA): started by anna@ops2' },
    { text: 'main: drain app2 (run AAAAAA): app2 is drained' },
  ])
})

test('one that refuses or is not there is told of once, and never by a secret URL', async () => {
  status = 403
  process.env['ZDT_TEST_CHAT'] = `${at}/token`
  const [url, chat, ...more] = await run(`[{ url: '${at}/x' }, { secret: chat }]`)
  expect(url).toBe(`⚠ ${at}/x is not told of this run: it says 403`)
  expect(chat).toBe('⚠ the webhook chat is not told of this run: it cannot be reached')
  expect(more).toEqual([])
  delete process.env['ZDT_TEST_CHAT']
  expect(await run('[{ secret: chat }]')).toEqual(['⚠ the webhook chat is not told of this run: it cannot be reached'])
})

test('a fleet without webhooks tells nobody; an unknown secret is a mistake in zdt.yaml', () => {
  expect(openNotices(fleet('[]'), about, () => undefined)).toBeUndefined()
  expect(() => fleet('[{ secret: chta }]')).toThrow('there is no secret chta, expected chat')
  expect(() => fleet('[{ form: slack }]')).toThrow('notify[0]: has none of url, secret')
})
