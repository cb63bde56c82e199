import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { guardWords } from '../../src/hosts/lease/guard-script.ts'
import { parseLeases } from '../../src/hosts/lease/lease.ts'
import { leaseCommand } from '../../src/hosts/lease/script.ts'
import { labPaths } from '../../src/lab/paths.ts'
import { quote } from '../../src/lib/quote.ts'
import type { HostName } from '../../src/lib/types.ts'
import { describeOnLab, useLab } from './support/lab.ts'
import { deep, isWide } from './support/wide.ts'
import { leaseProcess, type Order } from './support/lease-orders.ts'
import { startInLab } from './support/running.ts'

describeOnLab('leases', () => {
  const lab = useLab({ flags: ['--hosts', 'lb1,lb2'] })
  const both = [
    { host: 'lb2', scopes: ['host', 'vip-public'] },
    { host: 'lb1', scopes: ['host', 'vip-public'] },
  ] as const
  const lb1 = [{ host: 'lb1', scopes: ['host'] }] as const
  // Short, but not too short for a machine on which one renewal takes a second.
  const quick = { term: 6000, renewEvery: 1000 }

  const root = async (host: string, script: string): Promise<string> => {
    const { code, stdout, stderr } = await lab.ssh(host, quote(['sudo', '-n', 'sh', '-c', script]))
    if (code !== 0) throw new Error(`${script}: ${code} ${stderr}`)
    return stdout.trim()
  }
  const holders = async (host: string): Promise<(string | undefined)[]> => {
    const { stdout } = await lab.ssh(host, quote(leaseCommand(['read'])))
    return parseLeases(host as HostName, stdout).map(({ run }) => run)
  }
  const clean = async (): Promise<void> => {
    for (const host of ['lb1', 'lb2']) {
      const undo = 'umount /var/lib/zdt; rm -rf /var/lib/zdt /usr/local/sbin/date /root/written*'
      await root(host, `{ ${undo}; } 2>/dev/null; true`)
    }
  }
  beforeEach(clean)
  afterEach(clean)

  test('of two that begin in the same millisecond exactly one holds both hosts, again and again', async () => {
    const two = await Promise.all(['AAAAAA', 'BBBBBB'].map((run) => leaseProcess(lab, run)))
    await Promise.all(two.map((one) => one.tell({ do: 'reach', hosts: ['lb1', 'lb2'] })))
    for (let round = 0; round < (isWide ? 20 : 5); round++) {
      const order: Order = { do: 'take', wanted: both, at: Date.now() + 50 }
      const said = await Promise.all(two.map((one) => one.tell(order)))
      const won = said.flatMap(({ fences }, index) => (fences ? [index] : []))
      expect(won).toHaveLength(1)
      expect(said[won[0] === 0 ? 1 : 0]).toMatchObject({ refused: 'locked', exit: 'locked' })
      const run = won[0] === 0 ? 'AAAAAA' : 'BBBBBB'
      for (const host of ['lb1', 'lb2']) {
        expect((await two[0]?.tell({ do: 'read', host }))?.holders).toEqual([run, run])
      }
      await two[won[0] ?? 0]?.tell({ do: 'release' })
    }
    expect([await holders('lb1'), await holders('lb2')]).toEqual([[], []])
  })

  test('where one host is held, the other is given back', async () => {
    const first = await leaseProcess(lab, 'AAAAAA')
    await first.tell({ do: 'take', wanted: [{ host: 'lb2', scopes: ['vip-public'] }] })
    const second = await leaseProcess(lab, 'BBBBBB')
    const said = await second.tell({ do: 'take', wanted: both })
    expect(said).toMatchObject({ refused: 'locked' })
    expect(said.message).toMatch(/^vip public on lb2 is locked by aaaaaa@ops \(drain AAAAAA, run AAAAAA\)/)
    expect([await holders('lb1'), await holders('lb2')]).toEqual([[], ['AAAAAA']])
  })

  test('a process that slept while its lease was taken over cannot change anything when it wakes', async () => {
    const [sleeper, other] = await Promise.all([leaseProcess(lab, 'AAAAAA'), leaseProcess(lab, 'BBBBBB')])
    await sleeper.tell({ do: 'take', wanted: lb1, terms: quick })
    await sleeper.tell({ do: 'arm', host: 'lb1' })
    // Connected by now: the next answer comes while the lease still lasts.
    expect((await other.tell({ do: 'take', wanted: lb1, terms: quick })).refused).toBe('locked')
    sleeper.signal('SIGSTOP')
    expect((await other.tell({ do: 'take', wanted: lb1, terms: quick })).refused).toBe('locked')
    expect(await other.tell({ do: 'take', wanted: lb1, terms: quick, wait: 30_000 })).toMatchObject({ fences: [2] })
    expect(await other.tell({ do: 'fire', host: 'lb1', script: 'echo >/root/written-by-b' })).toMatchObject({ code: 0 })
    sleeper.signal('SIGCONT')
    const said = await sleeper.tell({ do: 'fire', host: 'lb1', script: 'echo >/root/written-by-a' })
    expect(said).toMatchObject({
      refused: 'lease-lost',
      exit: 'left',
      words: 'the lease host is now with bbbbbb@ops, run BBBBBB',
    })
    expect(await root('lb1', 'cd /root; ls -d written*')).toBe('written-by-b')
    await expect.poll(() => sleeper.said().some(({ lost }) => lost !== undefined)).toBe(true)
    expect(await other.tell({ do: 'fire', host: 'lb1', script: 'echo >/root/written-by-b2' })).toMatchObject({
      code: 0,
    })
  })

  deep('a host that is cut off is lost in time, and is free for others when it is back', async () => {
    const cut = await leaseProcess(lab, 'AAAAAA')
    await cut.tell({ do: 'take', wanted: both, terms: quick })
    await root('lb2', "systemd-run --collect sh -c 'ip link set host0 down; sleep 14; ip link set host0 up'")
    await expect
      .poll(() => cut.said().filter(({ lost }) => lost !== undefined), { timeout: 12_000 })
      .toMatchObject([{ lost: expect.stringContaining('lb2: the lock is no longer ours') }])
    await expect.poll(async () => (await lab.ssh('lb2', 'true', { timeout: 3000 })).code, { timeout: 90_000 }).toBe(0)
    const other = await leaseProcess(lab, 'BBBBBB')
    expect(await other.tell({ do: 'take', wanted: both, wait: 30_000 })).toMatchObject({
      fences: [expect.any(Number), 2],
    })
  })

  deep.each(['+1 day', '-1 day'])('a clock that jumps by %s moves no lease', async (jump) => {
    const holder = await leaseProcess(lab, 'AAAAAA')
    await holder.tell({ do: 'take', wanted: lb1, terms: quick })
    // Setting the clock in there would set this machine's: so the host is told another time.
    const date = `#!/bin/sh\\nexec /usr/bin/date -d "${jump}" "$@"\\n`
    await root('lb1', `printf '${date}' >/usr/local/sbin/date; chmod 755 /usr/local/sbin/date`)
    const other = await leaseProcess(lab, 'BBBBBB')
    expect((await other.tell({ do: 'take', wanted: lb1, terms: quick, wait: 9000 })).refused).toBe('locked')
    expect(await holder.tell({ do: 'fire', host: 'lb1', script: 'true' })).toMatchObject({ code: 0 })
    await holder.tell({ do: 'release' })
    expect(await other.tell({ do: 'take', wanted: lb1, terms: quick })).toMatchObject({ fences: [2] })
  })

  test('a full disk refuses before anything is touched', async () => {
    await root(
      'lb2',
      'mkdir -p /var/lib/zdt; mount -t tmpfs -o size=64k none /var/lib/zdt; dd if=/dev/zero of=/var/lib/zdt/full 2>/dev/null; true',
    )
    const said = await (await leaseProcess(lab, 'AAAAAA')).tell({ do: 'take', wanted: both })
    expect(said).toMatchObject({
      refused: 'lease-refused',
      exit: 'refused',
      words: expect.stringContaining('No space left'),
    })
    expect(await root('lb2', 'cd /var/lib/zdt; find . -type f')).not.toMatch(/host|vip/)
    expect([await holders('lb1'), await holders('lb2')]).toEqual([[], []])
  })

  deep('a disk that fills up later costs no lease that is held', async () => {
    await root('lb1', 'mkdir -p /var/lib/zdt; mount -t tmpfs -o size=64k none /var/lib/zdt')
    const holder = await leaseProcess(lab, 'AAAAAA')
    await holder.tell({ do: 'take', wanted: lb1, terms: quick })
    await root('lb1', 'dd if=/dev/zero of=/var/lib/zdt/full 2>/dev/null; true')
    const other = await leaseProcess(lab, 'BBBBBB')
    expect((await other.tell({ do: 'take', wanted: lb1, wait: 9000 })).refused).toBe('locked')
    expect(await holder.tell({ do: 'fire', host: 'lb1', script: 'true' })).toMatchObject({ code: 0 })
    expect(holder.said().filter(({ lost }) => lost !== undefined)).toEqual([])
    await holder.tell({ do: 'release' })
    expect(await holders('lb1')).toEqual([])
  })

  deep('a disk that may not be written refuses too, in the words of the system', async () => {
    await root('lb1', 'mkdir -p /var/lib/zdt; mount -t tmpfs -o ro none /var/lib/zdt')
    const said = await (await leaseProcess(lab, 'AAAAAA')).tell({ do: 'take', wanted: lb1 })
    expect(said).toMatchObject({ refused: 'lease-refused', words: expect.stringContaining('Read-only file system') })
  })

  deep('a login user who cannot become root for it is stopped by the same lease', async () => {
    const holder = await leaseProcess(lab, 'AAAAAA')
    await holder.tell({ do: 'take', wanted: lb1 })
    const touch = { do: 'fire', host: 'lb1', script: 'touch ~/touched', as: 'login' } as const
    expect(await holder.tell(touch)).toMatchObject({ code: 0 })
    await root('lb1', 'rm ~deploy/touched /var/lib/zdt/locks/host')
    expect(await holder.tell(touch)).toMatchObject({ refused: 'lease-lost', words: 'the lease host is gone' })
    expect((await lab.ssh('lb1', 'ls ~/touched')).code).not.toBe(0)
  })

  deep('a network that goes between a command and its input keeps nobody from the host for long', async () => {
    const holder = await leaseProcess(lab, 'AAAAAA')
    await holder.tell({ do: 'take', wanted: lb1 })
    const { stdout } = await lab.ssh('lb1', quote(leaseCommand(['read'])))
    const [{ token = '', fence = 0 } = {}] = parseLeases('lb1' as HostName, stdout)
    const line = { file: 'AAAAAA.ndjson', offset: 0, text: '{"event":"applying"}\n' }
    const command = [...guardWords({ token, fence, scopes: ['host'] }, line), 'touch', '/root/written-late']
    // Its input does not come, and nobody tells sshd that it never will.
    const cut = await startInLab(lab, [join(labPaths(lab.name).bin, 'ssh'), 'lb1', quote(['sudo', '-n', ...command])])
    const busy = () => root('lb1', 'flock -n -x /var/lib/zdt/locks/.busy true || echo busy')
    await expect.poll(busy).toBe('busy')
    await holder.tell({ do: 'release' })
    const other = await leaseProcess(lab, 'BBBBBB')
    expect(await other.tell({ do: 'take', wanted: lb1, wait: 20_000 })).toMatchObject({ fences: [2] })
    expect(await cut.ended).toMatchObject({ code: 98 })
    expect(await root('lb1', 'ls -d /root/written* 2>/dev/null; true')).toBe('')
  })

  deep('a host that boots anew under a lease is still its holder’s', async () => {
    const holder = await leaseProcess(lab, 'AAAAAA')
    await holder.tell({ do: 'take', wanted: [{ host: 'lb2', scopes: ['host'] }] })
    const boot = await root('lb2', 'cat /proc/sys/kernel/random/boot_id')
    await lab.ssh('lb2', 'sudo -n systemctl reboot')
    const bootNow = () => root('lb2', 'cat /proc/sys/kernel/random/boot_id').catch(() => boot)
    await expect.poll(bootNow, { timeout: 90_000, interval: 300 }).not.toBe(boot)
    const other = await leaseProcess(lab, 'BBBBBB')
    const take: Order = { do: 'take', wanted: [{ host: 'lb2', scopes: ['host'] }] }
    expect(await other.tell(take)).toMatchObject({ refused: 'locked' })
    expect(await holder.tell({ do: 'fire', host: 'lb2', script: 'true' })).toMatchObject({ code: 0 })
    await holder.tell({ do: 'release' })
    expect(await other.tell(take)).toMatchObject({ fences: [1001] })
  })

  test('a change finds its own line in the journal of its host, and syslog tells of the run once', async () => {
    const run = `E${Date.now()}`
    const holder = await leaseProcess(lab, run)
    await holder.tell({ do: 'take', wanted: both })
    const lines = ['{"event":"run"}', `{"event":"applying","it's":"$HOME %s"}`]
    await holder.tell({ do: 'keep', hosts: ['lb1', 'lb2'], lines })
    const journal = `/var/lib/zdt/runs/${run}.ndjson`
    const copy = `cp ${journal} /root/written`
    expect(await holder.tell({ do: 'fire', host: 'lb1', script: copy })).toMatchObject({ code: 0 })
    await holder.tell({ do: 'keep', hosts: [], lines: ['{"event":"end"}'] })
    expect(await holder.tell({ do: 'settle' })).toMatchObject({ unkept: [] })
    expect(await root('lb1', 'cat /root/written')).toBe(lines.join('\n'))
    for (const host of ['lb1', 'lb2']) {
      expect(await root(host, `cat ${journal}; stat -c "%a %U" ${journal}`)).toBe(
        [...lines, '{"event":"end"}', '600 root'].join('\n'),
      )
      const syslog = () => root(host, `journalctl --no-pager -o cat -t zdt | grep ${run}`)
      await expect.poll(syslog).toBe(`run ${run} begins\nrun ${run} ends`)
    }
  })

  deep('a host that is cut off gets no journal, keeps nobody waiting, and is told of', async () => {
    const holder = await leaseProcess(lab, 'AAAAAA')
    await holder.tell({ do: 'take', wanted: both })
    await root('lb2', "systemd-run --collect sh -c 'ip link set host0 down; sleep 12; ip link set host0 up'")
    await holder.tell({ do: 'keep', hosts: ['lb1', 'lb2'], lines: ['{"event":"run"}'] })
    const began = performance.now()
    expect(await holder.tell({ do: 'fire', host: 'lb1', script: 'true' })).toMatchObject({ code: 0 })
    expect(performance.now() - began).toBeLessThan(1500)
    expect(await holder.tell({ do: 'settle' })).toMatchObject({ unkept: [{ host: 'lb2', lines: 1 }] })
    expect(performance.now() - began).toBeLessThan(8000)
    expect(await root('lb1', 'cat /var/lib/zdt/runs/AAAAAA.ndjson')).toBe('{"event":"run"}')
    await expect.poll(() => root('lb2', 'echo back').catch(() => 'away'), { timeout: 90_000 }).toBe('back')
  })
})
