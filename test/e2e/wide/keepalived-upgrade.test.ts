import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Halt } from '../chaos/halt-at.ts'
import { runOf, useLane } from '../chaos/lane.ts'
import { dyingKeepalived } from '../support/dying-binary.ts'
import { describeOnLab } from '../support/lab.ts'
import { packagesOn, usePackages } from '../support/package-repository.ts'
import { startWrk } from '../support/wrk.ts'

describeOnLab('zdt keepalived upgrade', () => {
  const lane = useLane()
  let directory = ''
  const old = () => lane().lab.binary('keepalived-2.2.7')
  const upgrade = (host: string, binary: string, ...more: string[]) =>
    lane().zdt(['keepalived', 'upgrade', '--host', host, '--binary', binary, '--yes', '--json', ...more])
  /** What lies there and what runs, by digest; systemd's word; what could have been left; who holds the VIP. */
  const state = (host: string) =>
    lane().root(
      host,
      `for file in /usr/sbin/keepalived /proc/$(systemctl show -p MainPID --value keepalived)/exe; do sha256sum < $file; done
systemctl is-active keepalived; ls /usr/sbin/keepalived*; pgrep -xc keepalived; ip -o address show dev host0 to 10.77.0.100`,
    )
  const version = (host: string) =>
    lane().root(host, '/proc/$(systemctl show -p MainPID --value keepalived)/exe -v 2>&1 | head -1')

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'zdt-keepalived-'))
  })
  afterAll(() => rm(directory, { recursive: true }))

  test('on a BACKUP, under load: the new one runs and is BACKUP; rolled back, the old one; nothing is lost', async () => {
    const before = await state('lb2')
    const wrk = await startWrk(lane().lab, 'http://10.77.0.100/shop/', 'paced')
    const { code, stdout } = await upgrade('lb2', await old(), '--probe', 'fleet')
    expect(code, stdout).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
    expect(await version('lb2')).toContain('v2.2.7')
    expect(await state('lb1')).toContain('10.77.0.100')
    const { run } = JSON.parse(stdout) as { run: string }
    expect(JSON.parse((await upgrade('lb2', await old())).stdout)).toMatchObject({ ended: 'already' })
    const back = await lane().zdt(['rollback', run, '--yes', '--json'])
    expect(JSON.parse(back.stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
    expect(await state('lb2')).toBe(before)
    expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
  })

  test('on the holder: refused, with the failover to type', async () => {
    const before = await state('lb1')
    const { code, stdout, stderr } = await upgrade('lb1', await old())
    expect(code).toBe(3)
    expect(stdout + stderr).toContain('zdt failover public')
    expect(await state('lb1')).toBe(before)
  })

  test('one that does not live: seen in the trial start; let through, the old one is put back', async () => {
    const before = await state('lb2')
    const dying = join(directory, 'dies')
    await writeFile(dying, dyingKeepalived('9.9.9'))
    await chmod(dying, 0o755)
    const seen = await upgrade('lb2', dying)
    expect(seen.code).toBe(4)
    expect(seen.stdout).toContain('keepalived.trial-start')
    expect(await state('lb2')).toBe(before)
    const { code, stdout } = await upgrade('lb2', dying, '--without-trial')
    expect(code).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'put-back' })
    expect(await state('lb2')).toBe(before)
  })

  const deaths = (['resume', 'rollback'] as const).flatMap((way) =>
    [
      { event: 'applying', after: 0 },
      { event: 'applying', after: 60 },
      { event: 'verified', after: 0 },
    ].map((moment) => ({ ...moment, way })),
  )
  test.each(deaths)('zdt is killed, $after ms after $event of the exchange: $way', async ({ event, after, way }) => {
    const before = await state('lb2')
    const halt: Halt = { event, steps: ['keepalived.exchange-binary'], after, signal: 'SIGKILL' }
    const zdt = await lane().start(['keepalived', 'upgrade', '--host', 'lb2', '--binary', await old()], halt)
    await zdt.ended
    const run = runOf(zdt)
    expect(await lane().zdt([way, run, '--yes'])).toMatchObject({ code: 0 })
    if (way === 'resume') {
      expect(await version('lb2')).toContain('v2.2.7')
      expect(await lane().zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
    }
    await expect.poll(() => state('lb2'), { timeout: 20_000 }).toBe(before)
  })

  test('rolled back where it has become the holder: refused, and nothing is restarted', async () => {
    const before = await state('lb2')
    const { stdout } = await upgrade('lb2', await old())
    const { run } = JSON.parse(stdout) as { run: string }
    expect(await lane().zdt(['failover', 'public', '--yes', '--max-handoff', '10s'])).toMatchObject({ code: 0 })
    const pid = await lane().root('lb2', 'systemctl show -p MainPID --value keepalived')
    const refused = await lane().zdt(['rollback', run, '--yes'])
    expect(refused.code).toBe(5)
    expect(refused.stdout + refused.stderr).toContain('lb2 holds 10.77.0.100')
    expect(await lane().root('lb2', 'systemctl show -p MainPID --value keepalived')).toBe(pid)
    expect(await lane().zdt(['failback', 'public', '--yes', '--max-handoff', '10s'])).toMatchObject({ code: 0 })
    expect(await lane().zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
    await expect.poll(() => state('lb2'), { timeout: 20_000 }).toBe(before)
  })

  test('an update has put another file there: refused, and sent to refresh', async () => {
    await lane().root('lb2', 'cp -p /usr/sbin/keepalived /usr/sbin/k && mv /usr/sbin/k /usr/sbin/keepalived')
    const { code, stdout, stderr } = await upgrade('lb2', await old())
    expect(code).toBe(3)
    expect(stdout + stderr).toContain('zdt refresh lb2')
    expect(await lane().zdt(['refresh', 'lb2', '--yes'])).toMatchObject({ code: 0 })
  })

  test('by package: installed, restarted, BACKUP; rolled back, the old packages and the very file', async () => {
    const { lab } = lane()
    await usePackages(lab, 'lb2', 'keepalived', [
      { version: '1:2.2.7-9', binary: await old() },
      { version: '1:2.3.3-9', binary: await lab.binary('keepalived-2.3.3') },
    ])
    const packages = () => packagesOn(lab, 'lb2', 'keepalived')
    const before = await state('lb2')
    const words = ['keepalived', 'upgrade', '--host', 'lb2', '--package', '1:2.3.3-9', '--yes', '--json']
    const { code, stdout } = await lane().zdt([...words, '--probe', 'fleet'])
    expect(code, stdout).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
    expect(await version('lb2')).toContain('v2.3.3')
    expect((await packages())[0]).toBe('ii keepalived 1:2.3.3-9')
    const { run } = JSON.parse(stdout) as { run: string }
    const back = await lane().zdt(['rollback', run, '--yes', '--json'])
    expect(JSON.parse(back.stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
    expect(await state('lb2')).toBe(before)
    expect(await packages()).toEqual(['ii keepalived 1:2.2.7-9'])
  }, 240_000)
})
