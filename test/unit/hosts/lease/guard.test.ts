import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { fencedHost, fencedHosts } from '../../../../src/hosts/lease/fenced-hosts.ts'
import type { Host } from '../../../../src/hosts/host.ts'
import type { Carrier } from '../../../../src/hosts/lease/guard.ts'
import type { Leases } from '../../../../src/hosts/lease/leases.ts'
import { guardWords } from '../../../../src/hosts/lease/guard-script.ts'
import { breakLeases, readLeases } from '../../../../src/hosts/lease/read-leases.ts'
import { cleanUp } from '../fleet-of-fakes.ts'
import { ownBase, worlds, type Base } from './own-base.ts'

cleanUp()

const nasty = [
  '',
  ' ',
  "it's",
  '$HOME',
  '$(id)',
  '`id`',
  '*',
  '-n',
  '--',
  'a;b',
  'back\\slash',
  'line\nend\n',
  '日本語 %s',
]

const fenced = (on: Base, leases: Leases, carrier?: Carrier) => fencedHosts(on.hosts, leases, carrier).on(on.host.name)

describe.each(worlds)('a guard on %s', (_name, world) => {
  test.each(['login', 'root'] as const)('lets a command of ours run, as it is: %s', async (as) => {
    const on = await world()
    const host = await fenced(on, await on.take('AAAAAA'))
    const echo = await host.run(['printf', '%s|', ...nasty], { as })
    expect(echo.stdout.toString()).toBe(nasty.map((word) => `${word}|`).join(''))
    const both = await host.run(['sh', '-c', 'cat; echo said >&2; exit 98'], { as, input: 'given' })
    expect([both.code, both.stdout.toString(), both.stderr.toString()]).toEqual([98, 'given', 'said\n'])
    expect((await host.run(['sh', '-c', 'kill -s KILL $$'], { as })).code).toBe(137)
    expect((await host.run(['no-such-program'], { as })).code).toBe(127)
  })

  test('lets nothing run once the lease is with somebody else', async () => {
    const on = await world()
    const host = await fenced(on, await on.take('AAAAAA'))
    const path = `${on.base}/written`
    await host.write(path, 'before')
    await breakLeases(on.host, await readLeases(on.host, on), on)
    await expect(host.run(['touch', path])).rejects.toMatchObject({
      code: 'lease-lost',
      said: 'the lease host is gone',
    })
    await on.take('BBBBBB')
    const lost = { code: 'lease-lost', exit: 'left', said: 'the lease host is now with bbbbbb@ops, run BBBBBB' }
    await expect(host.run(['rm', path])).rejects.toMatchObject(lost)
    await expect(host.run(['rm', path], { as: 'root' })).rejects.toMatchObject(lost)
    await expect(host.write(path, 'after', { as: 'root' })).rejects.toMatchObject(lost)
    await expect(host.connect(path)).rejects.toMatchObject(lost)
    expect((await on.host.read(path)).toString()).toBe('before')
  })

  test('opens a socket by the relay, and lines travel with that too', async () => {
    const on = await world()
    const carrier: Carrier = { load: async () => ({ file: 'R.ndjson', offset: 0, text: '{"a":1}\n' }), kept: () => {} }
    const host = await fenced(on, await on.take('AAAAAA'), carrier)
    const path = `${on.base}/sock`
    const echo = `use Socket; socket(my $l, AF_UNIX, SOCK_STREAM, 0); bind($l, pack_sockaddr_un(shift)) or die; listen($l, 5);
exit 0 if fork; close STDIN; close STDOUT; close STDERR; $SIG{ALRM} = 'DEFAULT'; alarm 20; accept(my $c, $l); local $/; print $c scalar reverse <$c>`
    expect((await on.host.run(['perl', '-e', echo, path])).code).toBe(0)
    const socket = await host.connect(path)
    const answer = text(socket)
    socket.end('abc')
    expect(await answer).toBe('cba')
    expect(await on.sh('cat "$1/runs/R.ndjson"', on.base)).toBe('{"a":1}\n')
  })

  test('what a guarded command has begun ends before somebody else takes the host', async () => {
    const on = await world()
    const leases = await on.take('AAAAAA')
    const host = await fenced(on, leases)
    const done = host.run(['sh', '-c', 'echo >"$0.on"; sleep 1; echo ours >"$0"', `${on.base}/file`], { as: 'root' })
    await expect.poll(() => on.sh('ls "$1"', on.base)).toContain('file.on')
    await breakLeases(on.host, await readLeases(on.host, on), on)
    await on.take('BBBBBB')
    expect((await on.host.read(`${on.base}/file`)).toString()).toBe('ours\n')
    await done
  })

  test('nobody takes a host on which a command of the last holder goes on and on', async () => {
    const on = await world()
    const host = await fenced(on, await on.take('AAAAAA'))
    const stop = new AbortController()
    const going = host.run(['sleep', '30'], { as: 'root', signal: stop.signal }).catch(() => {})
    await expect.poll(() => on.sh('flock -n -x "$1/locks/.busy" true || echo busy', on.base)).toBe('busy\n')
    await expect(on.take('BBBBBB', { mayTakeOver: () => true, terms: { busy: 0 } })).rejects.toThrow(
      /a command of aaaaaa@ops \(drain AAAAAA, run AAAAAA\) is still under way/,
    )
    stop.abort()
    await going
    await on.take('BBBBBB', { mayTakeOver: () => true })
  })

  test('a daemon that a guarded command leaves behind holds nothing', async () => {
    const on = await world()
    const leases = await on.take('AAAAAA')
    const host = await fenced(on, leases)
    await host.run(['sh', '-c', 'sleep 5 >/dev/null 2>&1 </dev/null &'], { as: 'root' })
    await leases.release()
    const started = performance.now()
    await on.take('BBBBBB')
    expect(performance.now() - started).toBeLessThan(1500)
  })

  test('lines that were cut off on their way let nothing run', async () => {
    const on = await world()
    const leases = await on.take('AAAAAA')
    const [{ token = '', fence = 0 } = {}] = await readLeases(on.host, on)
    const lines = { file: 'R.ndjson', offset: 0, text: '{"a":"日本語"}\n' }
    const words = guardWords({ token, fence, scopes: ['host'] }, lines, on.base)
    const touch = [...words, 'touch', `${on.base}/written`]
    for (const input of ['', lines.text.slice(0, -1)]) {
      const { code, stderr } = await on.host.run(touch, { as: 'root', input })
      expect([code, stderr.toString()]).toEqual([98, 'zdt-guard: its input was cut off\n'])
    }
    expect(await on.sh('ls "$1"', on.base)).not.toContain('written')
    expect((await on.host.run(touch, { as: 'root', input: lines.text })).code).toBe(0)
    expect(await on.sh('ls "$1"', on.base)).toContain('written')
    await leases.release()
  })

  test('a command whose input was cut off is given once more, and runs once; a second time it is lost', async () => {
    const on = await world()
    const carrier: Carrier = { load: async () => ({ file: 'R.ndjson', offset: 0, text: '{"a":1}\n' }), kept: () => {} }
    let cuts = 0
    /** So many times the last byte does not come. */
    const torn: Host = {
      ...on.host,
      run: async (argv, options) => {
        const guard = options?.guard
        if (cuts === 0 || !guard) return on.host.run(argv, options)
        cuts -= 1
        const before = async () => {
          const { words, input } = await guard.before()
          return { words, input: input.slice(0, -1) }
        }
        return on.host.run(argv, { ...options, guard: { ...guard, before } })
      },
    }
    const leases = await on.take('AAAAAA')
    const host = fencedHost(torn, () => leases.guard(on.host.name, carrier))
    const count = ['sh', '-c', 'echo x >>"$0"', `${on.base}/count`]
    cuts = 1
    expect(await host.run(count, { as: 'root' })).toMatchObject({ code: 0 })
    expect((await on.host.read(`${on.base}/count`)).toString()).toBe('x\n')
    cuts = 2
    await expect(host.run(count, { as: 'root' })).rejects.toMatchObject({
      code: 'lease-lost',
      said: 'its input was cut off',
    })
    cuts = 1
    await breakLeases(on.host, await readLeases(on.host, on), on)
    await expect(host.run(count, { as: 'root' })).rejects.toMatchObject({ said: 'the lease host is gone' })
    expect((await on.host.read(`${on.base}/count`)).toString()).toBe('x\n')
  })

  test('lines travel with a command, and are there once, whole', async () => {
    const on = await world()
    const lines = [`{"a":"it's $HOME %s \\\\n"}\n`, '{"b":"日本語"}\n{"c":2}\n']
    let known = 0
    const carrier: Carrier = {
      load: async () => ({
        file: 'R.ndjson',
        offset: Buffer.byteLength(lines.slice(0, known).join('')),
        text: lines[known] ?? '',
      }),
      kept: () => (known += 1),
    }
    const host = await fenced(on, await on.take('AAAAAA'), carrier)
    const seen = await host.run(['cat', `${on.base}/runs/R.ndjson`], { as: 'root' })
    expect([seen.stdout.toString(), seen.stderr.toString(), known]).toEqual([lines[0], '', 1])
    // Torn by a crash of the host: the same piece again makes it whole.
    await on.sh('printf "{\\"b\\":" >>"$1/runs/R.ndjson"', on.base)
    await host.run(['true'], { as: 'root' })
    known = 1
    await host.run(['true'], { as: 'root' })
    expect(await on.sh('cat "$1/runs/R.ndjson"', on.base)).toBe(lines.join(''))
    expect(await on.sh('stat -c %a "$1/runs/R.ndjson"', on.base)).toBe('600\n')
    // The command's own input comes after them, also what a write writes.
    known = 0
    const own = await host.run(['cat'], { as: 'root', input: 'own' })
    known = 0
    await host.write(`${on.base}/file`, 'content', { as: 'root' })
    expect([own.stdout.toString(), (await on.host.read(`${on.base}/file`)).toString()]).toEqual(['own', 'content'])
    // Lost altogether: what would leave a hole is not written, and the command runs all the same.
    await on.sh('rm "$1/runs/R.ndjson"', on.base)
    known = 1
    const without = await host.run(['cat'], { as: 'root', input: 'own' })
    expect([without.code, without.stdout.toString(), without.stderr.toString()]).toEqual([0, 'own', ''])
    expect([known, await on.sh('ls "$1/runs"', on.base)]).toEqual([1, ''])
  })
})

test('a journal that cannot be written stops no command, and none of it becomes its input', async () => {
  const on = await ownBase()
  const text = `${'x'.repeat(200_000)}\n`
  const carrier: Carrier = {
    load: async () => ({ file: 'R.ndjson', offset: 0, text }),
    kept: () => {
      throw new Error('it cannot have been')
    },
  }
  const host = await fenced(on, await on.take('AAAAAA'), carrier)
  await on.sh('mkdir "$1/runs/R.ndjson"', on.base)
  const { code, stdout, stderr } = await host.run(['cat'], { input: 'own' })
  expect([code, stdout.toString(), stderr.toString()]).toEqual([0, 'own', ''])
})

test('a lease that has ended lets nothing run, though nobody has taken it', async () => {
  const on = await ownBase()
  const leases = await on.take('AAAAAA')
  const guard = leases.guard(on.host.name)
  await on.sh('sed -i "s/^up-until .*/up-until 1/" "$1/locks/host"', on.base)
  await expect(on.host.run(['true'], { guard })).rejects.toMatchObject({ said: 'the lease host has ended' })
})
