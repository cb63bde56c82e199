import { describe, expect, test } from 'vitest'
import type { Connected } from '../../../../src/daemons/haproxy/connected.ts'
import { describeConnected } from '../../../../src/daemons/haproxy/describe-connected.ts'
import { drained, quietSeconds } from '../../../../src/daemons/haproxy/drained.ts'

const worker = {
  pid: 100,
  leaving: false,
  upSeconds: 900,
  status: 'DRAIN',
  sessions: 0,
  queued: 0,
  total: 7,
  lastUsedSeconds: 12,
  clients: [],
}
const nobody: Connected = {
  host: 'lb1',
  backend: 'shop',
  server: 'app2',
  workers: [worker],
  blind: [],
  tcp: {
    established: 2,
    carrying: 0,
    strangers: [],
  },
}
const client = { client: '203.0.113.9:51022', what: 'GET, no answer yet', sinceSeconds: 130 }

describe('drained', () => {
  test('nobody there; idle connections do not count', () => {
    expect(drained(nobody)).toBe(true)
    expect(describeConnected(nobody)).toEqual([])
  })
  test.each([
    ['a session', { workers: [{ ...worker, sessions: 1 }] }],
    ['a queued request', { workers: [{ ...worker, queued: 1 }] }],
    ['a session on an old worker', { workers: [worker, { ...worker, pid: 9, leaving: true, sessions: 1 }] }],
    ['traffic in no session', { tcp: { established: 1, carrying: 1, strangers: [] } }],
    ['something that cannot be seen', { blind: ['no `ss` on the host'] }],
  ])('not with %s', (_, more) => expect(drained({ ...nobody, ...more })).toBe(false))
  test('how long nobody came', () => {
    expect(quietSeconds(nobody)).toBe(12)
    expect(quietSeconds({ ...nobody, workers: [worker, { ...worker, lastUsedSeconds: 3 }] })).toBe(3)
    expect(quietSeconds({ ...nobody, workers: [{ ...worker, lastUsedSeconds: undefined }] })).toBe(Infinity)
  })
})

test('who is still there, in lines', () => {
  const lines = describeConnected({
    ...nobody,
    workers: [
      { ...worker, sessions: 4, queued: 2, clients: [client, { ...client, what: 'websocket', sinceSeconds: 1560 }] },
      {
        ...worker,
        pid: 8841,
        leaving: true,
        sessions: 1,
        clients: [{ ...client, client: '[2001:db8::1]:4000', what: 'TCP' }],
      },
    ],
    tcp: { established: 5, carrying: 2, strangers: [77] },
  })
  expect(lines).toEqual([
    '203.0.113.9:51022   GET, no answer yet  since 2 m 10 s',
    '203.0.113.9:51022   websocket           since 26 m',
    'and 2 more',
    '[2001:db8::1]:4000  TCP                 since 2 m 10 s  old worker 8841',
    '2 requests in the queue',
    '2 TCP connections with traffic, of HAProxy process 77',
  ])
  expect(lines.every((line) => line.length <= 75)).toBe(true)
})

test('too many to name', () => {
  expect(describeConnected({ ...nobody, workers: [{ ...worker, sessions: 300 }] })).toEqual(['300 sessions'])
})
