import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { On } from '../../../../src/engine/step-kind.ts'
import type { Seat } from '../../../../src/fleet/fleet.ts'
import type { Host } from '../../../../src/hosts/host.ts'
import { hostOver } from '../../../../src/hosts/host-over.ts'
import { localTransport } from '../../../../src/hosts/local.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import { refuseWorseAnswers, type Watched } from '../../../../src/steps/haproxy/answers-watched.ts'

const dir = mkdtempSync(join(tmpdir(), 'zdt-answers-'))
const lb = (name: string): Seat => ({
  host: name as HostName,
  pool: 'web',
  backend: 'web',
  server: 'web1',
  address: '10.77.0.13',
  port: 80,
  socket: join(dir, name),
  masterSocket: join(dir, 'master'),
})
const seats = [lb('lb1'), lb('lb2')] as const
/** What each load balancer has counted of web1: answers of 2xx and of 5xx, connections that failed. */
const counts: Record<string, [fine: number, bad: number, failed: number]> = {}
const servers = seats.map(({ host }) =>
  createServer((socket) =>
    socket.on('data', () => {
      const [fine, bad, failed] = counts[host] ?? [0, 0, 0]
      const head = '# pxname,svname,weight,econ,eresp,status,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,rtime,'
      const rows = [`web,web1,100,${failed},0,UP,0,${fine},0,0,${bad},1,`, 'web,web2,100,0,0,UP,0,0,0,0,900,1,']
      socket.end(`${[head, ...rows].join('\n')}\n\n`)
    }),
  ),
)
let host: Host
let on: On

beforeAll(async () => {
  host = hostOver(await localTransport('lb1' as HostName, process.env), 'none')
  on = { host, other: () => Promise.resolve(host), signal: new AbortController().signal } as unknown as On
  await Promise.all(
    servers.map((server, index) => new Promise<void>((listening) => server.listen(seats[index]?.socket, listening))),
  )
})
afterAll(async () => {
  await host.close()
  for (const server of servers) server.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Looks twice: what the counters were is where the watch begins. */
async function after(
  came: Readonly<Record<string, [number, number, number]>>,
  before: Watched['before'] = { total: 10_000, errors: 20 },
): Promise<string> {
  const watched: Watched = { seats, before }
  for (const { host: name } of seats) counts[name] = [5000, 10, 0]
  expect(await refuseWorseAnswers(on, watched, 1)).toBe('web/web1: nothing was answered yet')
  for (const { host: name } of seats) {
    const [fine, bad, failed] = came[name] ?? [0, 0, 0]
    counts[name] = [5000 + fine, 10 + bad, failed]
  }
  return refuseWorseAnswers(on, watched, 1)
}

test('where nothing was answered yet nothing is concluded', async () =>
  expect(await after({})).toBe('web/web1: nothing was answered yet'))

test('the answers of all load balancers count together, of this server alone', async () =>
  expect(await after({ lb1: [595, 5, 0], lb2: [400, 0, 0] })).toBe('web/web1: 0.5 % of 1,000 answers are 5xx'))

test('more 5xx than before, by more than was allowed: no use waiting', () =>
  expect(after({ lb1: [590, 10, 0], lb2: [395, 5, 0] })).rejects.toMatchObject({
    message: 'web/web1: 1.5 % of 1,000 answers are 5xx',
    said: 'before: 0.2 % of 10,000 answers are 5xx',
  }))

test('a connection that failed is a 5xx to the client', () =>
  expect(after({ lb1: [90, 0, 10] })).rejects.toThrow('web/web1: 10.0 % of 100 answers are 5xx'))

test('as many as before are no reason', async () =>
  expect(await after({ lb1: [90, 10, 0] }, { total: 100, errors: 10 })).toBe('web/web1: 10.0 % of 100 answers are 5xx'))
