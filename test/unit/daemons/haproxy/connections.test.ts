import { expect, test } from 'vitest'
import { parseSs, ssCommand } from '../../../../src/daemons/linux/connections-to.ts'
import { judgeTcp, lively } from '../../../../src/daemons/haproxy/traffic.ts'
import { fixture } from './fixture.ts'

test('the question', () => {
  expect(ssCommand('10.77.0.22', 8080).join(' ')).toBe('ss -HOtnip state established dst 10.77.0.22 dport = :8080')
})

test('root is told whose a connection is', () => {
  expect(parseSs(fixture('ss-root.txt'))).toHaveLength(10)
  expect(parseSs(fixture('ss-root.txt'))[1]).toEqual({
    local: '127.0.0.1:39864',
    waiting: 0,
    pid: 19695,
    program: 'haproxy',
    bytes: expect.any(Number) as number,
    quietMs: 613024,
  })
})

test('others are told the rest', () => {
  const [first] = parseSs(fixture('ss-user.txt'))
  expect(first).not.toHaveProperty('pid')
  expect(first).toMatchObject({ local: '127.0.0.1:39820', quietMs: expect.any(Number) as number })
})

test('a connection without lastsnd has just sent: ss leaves zeros out', () => {
  const [now] = parseSs(
    '0 0 10.0.0.1:1 10.0.0.2:80 users:(("haproxy",pid=7,fd=3)) cubic bytes_sent:5 bytes_acked:6 lastrcv:4000',
  )
  expect(now).toMatchObject({ bytes: 5, quietMs: 0 })
})

test('nobody connected', () => expect(parseSs('')).toEqual([]))

const connection = (local: string, bytes: number, more: object = {}) => ({
  local,
  bytes,
  waiting: 0,
  quietMs: 100,
  pid: 7,
  program: 'haproxy',
  ...more,
})
const curl = (bytes: number) => connection('a', bytes, { pid: 99, program: 'curl' })
const other = (local: string, bytes: number) => connection(local, bytes, { pid: 8 })
const nobody = (bytes: number) => connection('a', bytes, { pid: undefined, program: undefined })
const mine = { pids: new Set([7]), complete: true }

test('idle for a second is not worth a second look; bytes in a queue are', () => {
  const idle = connection('a', 10, { quietMs: 1000 })
  expect(lively([idle, connection('b', 1), { ...idle, local: 'c', waiting: 3 }]).map(({ local }) => local)).toEqual([
    'b',
    'c',
  ])
})
test('bytes that grow are traffic', () => {
  expect(judgeTcp([connection('a', 10)], [connection('a', 20)], mine)).toEqual({
    established: 1,
    carrying: 1,
    strangers: [],
  })
})
test('a check that waits for its answer is none, nor is one that came or went meanwhile', () => {
  const again = [connection('a', 10), connection('new', 50)]
  expect(judgeTcp([connection('a', 10), connection('gone', 5)], again, mine)).toMatchObject({
    established: 2,
    carrying: 0,
  })
})
test('an idle connection of http-reuse never is none', () => {
  const idle = connection('a', 10, { quietMs: 60_000 })
  expect(judgeTcp([idle], [idle], mine)).toMatchObject({ established: 1, carrying: 0 })
})
test('another program on the load balancer is not HAProxy', () => {
  expect(judgeTcp([curl(1)], [curl(2)], mine)).toEqual({ established: 0, carrying: 0, strangers: [] })
})
test('another HAProxy’s traffic is named, its idle connections are its own affair', () => {
  expect(judgeTcp([other('a', 1), other('b', 1)], [other('a', 2), other('b', 1)], mine)).toEqual({
    established: 2,
    carrying: 1,
    strangers: [8],
  })
})
test('without a master’s list it may be an old worker, and any connection a long request', () => {
  const old = connection('a', 1, { pid: 8, quietMs: 60_000 })
  expect(judgeTcp([old], [old], { ...mine, complete: false })).toEqual({ established: 1, carrying: 1, strangers: [8] })
})
test('without root all are taken for HAProxy’s', () => {
  expect(judgeTcp([nobody(1)], [nobody(2)], mine)).toEqual({ established: 1, carrying: 1, strangers: [] })
})
