import { describe, expect, test } from 'vitest'
import { parseInfo } from '../../../../src/daemons/haproxy/info.ts'
import { parseProcesses } from '../../../../src/daemons/haproxy/workers.ts'
import { answer, versions } from './fixture.ts'

describe.each(versions)('HAProxy %s', (version) => {
  test('a master, its worker, and one that leaves since a reload', () => {
    expect(parseProcesses(answer(`haproxy-${version}/proc.txt`))).toMatchObject({
      master: { reloads: 2, failedReloads: 0, version: expect.stringContaining(version) as string },
      workers: [{ reloads: 0 }],
      leaving: [{ reloads: 1, uptimeSeconds: expect.closeTo(915, -2) as number }],
    })
  })
  test('the master is no worker', () => {
    const found = parseProcesses(answer(`haproxy-${version}/proc.txt`))
    const pids = [...(found?.workers ?? []), ...(found?.leaving ?? [])].map(({ pid }) => pid)
    expect(pids).not.toContain(found?.master.pid)
  })
  test('who answers', () => {
    expect(parseInfo(answer(`haproxy-${version}/info.txt`))).toMatchObject({
      version: expect.stringContaining(version) as string,
      node: 'lb1',
      stopping: false,
      threads: 2,
      pid: expect.any(Number) as number,
      uptimeSeconds: expect.any(Number) as number,
    })
  })
})

test('a reload that failed', () => {
  const said =
    '#<PID> <type> <reloads> <uptime> <version>\n12  master  3 [failed: 1]  12d01h00m02s  3.0.11\n# workers\n# old workers\n# programs'
  expect(parseProcesses(said)).toEqual({
    master: { pid: 12, reloads: 3, failedReloads: 1, uptimeSeconds: 1_040_402, version: '3.0.11' },
    workers: [],
    leaving: [],
  })
})

test('a socket that is not a master’s', () => expect(parseProcesses('Name: HAProxy')).toBeUndefined())
