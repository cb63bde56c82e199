import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openMirror, type MirrorOptions } from '../../../src/engine/mirror.ts'
import { parseMirror, readMirror } from '../../../src/engine/read-mirror.ts'
import type { Host, Hosts } from '../../../src/hosts/host.ts'
import { fencedHosts } from '../../../src/hosts/lease/fenced-hosts.ts'
import { breakLeases, readLeases } from '../../../src/hosts/lease/read-leases.ts'
import { takeLeases } from '../../../src/hosts/lease/take-leases.ts'
import { openHosts } from '../../../src/hosts/open-hosts.ts'
import type { HostName, RunId } from '../../../src/lib/types.ts'
import { specFor } from '../hosts/reach.ts'

const a = 'a' as HostName
const b = 'b' as HostName
const run = '7K3M9X' as RunId

describe('the mirror of a journal', () => {
  let dir: string
  let base: string
  let hosts: Hosts
  let host: Host
  /** What a host's commands are made of, so that some can be made to fail. */
  let fault: ((argv: readonly string[]) => readonly string[]) | undefined

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'zdt-mirror-'))
    base = join(dir, 'zdt')
    const open = openHosts({ hosts: new Map([a, b].map((name) => [name, specFor({ transport: 'local' }, name)])) })
    hosts = {
      on: async (name) => {
        const host = await open.on(name)
        return { ...host, run: (argv, options) => host.run(fault?.(argv) ?? argv, options) }
      },
      closeAll: () => open.closeAll(),
    }
    host = await open.on(a)
    fault = undefined
  })
  afterEach(async () => {
    await hosts.closeAll()
    await rm(dir, { recursive: true })
  })

  const mirror = (options: MirrorOptions = {}) => openMirror(hosts, [a], run, { base, ...options })
  const sh = async (script: string): Promise<string> => {
    const { stdout } = await host.run(['sh', '-c', script, 'sh', base])
    return stdout.toString()
  }
  const event = (step: string): string => JSON.stringify({ at: 1, event: 'applying', step, "it's": '%s $HOME 日本語' })

  test('of one run all of it is read, however long it is', async () => {
    const line = JSON.stringify({ at: 1, event: 'stage', number: 1, padding: 'x'.repeat(1024 * 1024) })
    const kept = mirror()
    for (let at = 0; at < 6; at++) kept.append(line)
    expect(await kept.settled()).toEqual([])
    const [read] = await readMirror(host, { base, run })
    expect(read?.lines).toHaveLength(6)
    // Among all, its beginning must do.
    expect((await readMirror(host, { base }))[0]?.lines.length).toBeLessThan(6)
  })

  test('has each line once, in order, for root alone', async () => {
    const kept = mirror({ every: 1 })
    for (let step = 0; step < 50; step++) {
      kept.append(event(String(step)))
      if (step % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(await kept.settled()).toEqual([])
    const [read] = await readMirror(host, { base })
    expect(read?.lines).toEqual(Array.from({ length: 50 }, (_, step) => event(String(step))))
    expect(await sh('stat -c "%a %n" "$1" "$1/runs" "$1"/runs/*')).toBe(
      `755 ${base}\n700 ${base}/runs\n600 ${base}/runs/${run}.ndjson\n`,
    )
  })

  test('an outcome that is not known is no reason for a line to be there twice', async () => {
    let times = 0
    fault = (argv) => (times++ < 2 ? ['sh', '-c', '"$@"; exit 1', 'sh', ...argv] : argv)
    const kept = mirror()
    kept.append(event('1'))
    kept.append(event('2'))
    expect(await kept.settled()).toEqual([])
    expect(times).toBe(3)
    expect((await readMirror(host, { base }))[0]?.lines).toEqual([event('1'), event('2')])
  })

  test('a torn line is ignored, and made whole by the next try', async () => {
    fault = (argv) => ['sh', '-c', 'head -c 100 | "$@"', 'sh', ...argv]
    const kept = mirror({ patience: 300 })
    kept.append(event('1'))
    kept.append(event('2'))
    expect(await kept.settled()).toMatchObject([{ host: a, lines: 2 }])
    expect((await readMirror(host, { base, run }))[0]?.lines).toEqual([event('1')])
    fault = undefined
    const again = mirror({ history: [event('1'), event('2')] })
    again.append(event('3'))
    expect(await again.settled()).toEqual([])
    expect((await readMirror(host, { base, run }))[0]?.lines).toEqual([event('1'), event('2'), event('3')])
  })

  test('a host whose journal was lost on the way gets it all again', async () => {
    const kept = mirror({ every: 1 })
    kept.append(event('1'))
    await expect.poll(() => sh('cat "$1"/runs/*')).toBe(`${event('1')}\n`)
    await sh('rm "$1"/runs/*')
    kept.append(event('2'))
    expect(await kept.settled()).toEqual([])
    expect((await readMirror(host, { base }))[0]?.lines).toEqual([event('1'), event('2')])
  })

  test('a host that cannot be written fails nothing, and is told of at the end', async () => {
    fault = () => ['sh', '-c', 'echo No space left on device >&2; exit 73']
    const kept = mirror({ patience: 10_000 })
    kept.append(event('1'))
    expect(await kept.settled()).toEqual([{ host: a, lines: 1, said: 'No space left on device' }])
  })

  test('what a change carries need not be sent again', async () => {
    const leases = await takeLeases(
      hosts,
      [{ host: a, scopes: ['host'] }],
      { run, holder: 'x', title: 'y' },
      { terms: { base } },
    )
    const commands: string[] = []
    fault = (argv) => {
      commands.push(argv[3] ?? '')
      return argv
    }
    const kept = mirror({ every: 60_000 })
    kept.append(event('1'))
    const fenced = await fencedHosts(hosts, leases, kept).on(a)
    const seen = await fenced.run(['cat', `${base}/runs/${run}.ndjson`])
    expect(seen.stdout.toString()).toBe(`${event('1')}\n`)
    expect(await kept.settled()).toEqual([])
    expect(commands).not.toContain('zdt-mirror')
    await leases.release()
  })

  test('what is too long to be carried is sent before', async () => {
    const leases = await takeLeases(
      hosts,
      [{ host: a, scopes: ['host'] }],
      { run, holder: 'x', title: 'y' },
      { terms: { base } },
    )
    const kept = mirror({ every: 60_000 })
    const long = JSON.stringify({ at: 1, event: 'run', plan: 'x'.repeat(600_000) })
    kept.append(long)
    kept.append(event('1'))
    const fenced = await fencedHosts(hosts, leases, kept).on(a)
    const seen = await fenced.run(['cat', `${base}/runs/${run}.ndjson`])
    expect(seen.stdout.toString()).toBe(`${long}\n${event('1')}\n`)
    await leases.release()
  })

  test('whoever lost the lease writes no more', async () => {
    const leases = await takeLeases(
      hosts,
      [{ host: a, scopes: ['host'] }],
      { run, holder: 'x', title: 'y' },
      { terms: { base } },
    )
    const kept = openMirror(fencedHosts(hosts, leases), [a], run, { base, every: 60_000 })
    kept.append(event('1'))
    await breakLeases(host, await readLeases(host, { base }), { base })
    expect(await kept.settled()).toMatchObject(
      [{ host: a, lines: 1, said: /no longer ours/ }].map(() => ({ lines: 1 })),
    )
    expect(await readMirror(host, { base })).toEqual([])
    await leases.release()
  })

  test('syslog is told of the beginning once and of the end, whether or not there are lines left', async () => {
    await sh(
      'mkdir -p "$1/bin"; printf "#!/bin/sh\\necho \\"\\$*\\" >>$1/said\\n" >"$1/bin/logger"; chmod 755 "$1/bin/logger"',
    )
    fault = (argv) => ['env', `PATH=${base}/bin:${process.env['PATH'] ?? ''}`, ...argv]
    const kept = mirror({ begins: 'run 7K3M9X begins', every: 1 })
    kept.append(event('1'))
    await expect.poll(() => sh('cat "$1/said"')).toBe('-t zdt -- run 7K3M9X begins\n')
    kept.append(event('2'))
    await kept.settled('run 7K3M9X ends: done')
    expect(await sh('cat "$1/said"')).toBe('-t zdt -- run 7K3M9X begins\n-t zdt -- run 7K3M9X ends: done\n')
  })

  test('the first write of a run takes away what is older than thirty days', async () => {
    await sh(
      'mkdir -p "$1/runs"; cd "$1/runs"; touch -d "31 days ago" OLD.ndjson note.txt; touch -d "29 days ago" NEW.ndjson',
    )
    const kept = mirror()
    kept.append(event('1'))
    await kept.settled()
    expect(await sh('ls "$1/runs"')).toBe(`${run}.ndjson\nNEW.ndjson\nnote.txt\n`)
  })

  test('journals are read newest first, in one go, each as far as it is whole', async () => {
    await sh(
      'mkdir -p "$1/runs"; cd "$1/runs"; printf "{\\"event\\":\\"a\\"}\\n{\\"ev" >AAA.ndjson; touch -d "1 hour ago" AAA.ndjson',
    )
    await sh(
      'cd "$1/runs"; printf "{\\"event\\":\\"b\\"}\\n\\0\\0\\n{\\"event\\":\\"c\\"}\\n" >BBB.ndjson; : >CCC.ndjson; touch -d "2 hours ago" CCC.ndjson; echo x >"run D 9"',
    )
    const read = await readMirror(host, { base })
    expect(read.map(({ run, lines }) => [run, lines])).toEqual([
      ['BBB', ['{"event":"b"}']],
      ['AAA', ['{"event":"a"}']],
      ['CCC', []],
    ])
    expect(await readMirror(host, { base, run: 'NONE' as RunId })).toEqual([])
    await expect(readMirror(host, { base, run: '../x' as RunId })).rejects.toThrow(RangeError)
    expect(await readMirror(host, { base: `${base}/none` })).toEqual([])
  })

  test('an answer that is cut short gives what came whole', () => {
    const text = 'run A.ndjson 6 6\n{"a":1}\nrun B.ndjson 99 99\n{"b":2}\n{"b"'
    expect(parseMirror(a, Buffer.from(text)).map(({ run }) => run)).toEqual(['A'])
  })
})
