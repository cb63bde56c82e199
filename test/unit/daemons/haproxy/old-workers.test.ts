import { expect, test } from 'vitest'
import { cutByReload, describeOldWorker } from '../../../../src/daemons/haproxy/old-workers.ts'
import { parseSessions } from '../../../../src/daemons/haproxy/sessions.ts'
import { answer, versions } from './fixture.ts'

const worker = { pid: 812, reloads: 1, upSeconds: 900, connections: 0, sessions: [], sessionCount: 0 }

test.each(versions)('HAProxy %s: whom an old worker still serves, and how many more', (version) => {
  const sessions = parseSessions(answer(`haproxy-${version}/sess-old-worker.txt`)).filter(
    ({ frontend }) => frontend !== 'GLOBAL',
  )
  const lines = describeOldWorker({
    ...worker,
    connections: 9,
    sessions: sessions.slice(0, 1),
    sessionCount: sessions.length,
  })
  expect(lines[0]).toMatch(/^old worker 812 {2}127\.0\.0\.1:\d+ on \w+\/\w+ since \d+ (s|m)/)
  expect(lines[1]).toBe(`old worker 812  and ${sessions.length - 1} more`)
})

test('one that has nobody ends; one with idle connections waits for them', () => {
  expect(describeOldWorker(worker)).toEqual(['old worker 812  ends'])
  expect(describeOldWorker({ ...worker, connections: 1 })).toEqual(['old worker 812  1 idle connection'])
})

test('mworker-max-reloads cuts those that have seen as many', () => {
  const leaving = [1, 2, 3].map((reloads) => ({ pid: reloads, reloads, uptimeSeconds: 1, version: '3.0.11' }))
  expect(cutByReload(leaving, 2).map(({ pid }) => pid)).toEqual([2, 3])
  expect(cutByReload(leaving, undefined)).toEqual([])
})
