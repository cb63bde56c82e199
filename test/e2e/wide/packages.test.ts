import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Halt } from '../chaos/halt-at.ts'
import { cutConnections } from '../chaos/faults.ts'
import { halted, runOf, useLane } from '../chaos/lane.ts'
import { describeOnLab } from '../support/lab.ts'
import { packagesOn, usePackages } from '../support/package-repository.ts'
import { seatStates, webWorld, type WebWorld } from '../support/web-world.ts'
import { startWrk } from '../support/wrk.ts'

const old = '1.22.1-9'
const fresh = '1.26.3-3'
const dead = '1.27.0-1'

describeOnLab('upgrade-nginx --package', () => {
  const lane = useLane()
  let before: WebWorld
  const installed = (version: string) => [`ii nginx ${version}`, `ii nginx-common ${version}`]
  const upgrade = (...flags: string[]) =>
    lane().zdt(['upgrade-nginx', '--host', 'web1', '--yes', '--json', '--probe', 'fleet', ...flags])
  const expectAsBefore = async () => {
    expect(await packagesOn(lane().lab, 'web1', 'nginx')).toEqual(installed(old))
    expect(await webWorld(lane().lab, 'web1')).toEqual(before)
    await expect.poll(() => seatStates(lane().lab, 'web', 'web1'), { timeout: 30_000 }).toEqual(['UP', 'UP'])
  }
  const expectUpgraded = async () => {
    expect((await packagesOn(lane().lab, 'web1', 'nginx')).slice(0, 2)).toEqual(installed(fresh))
    expect((await packagesOn(lane().lab, 'web1', 'nginx')).join()).not.toContain('policy-rc.d')
    const { answers, agreed, masters } = await webWorld(lane().lab, 'web1')
    expect({ answers, agreed, masters }).toEqual({
      answers: expect.stringContaining('1.26.3') as string,
      agreed: true,
      masters: 1,
    })
  }

  beforeAll(async () => {
    const { lab } = lane()
    // A program, of a version that is newer, that ends at once.
    const none = join(tmpdir(), 'zdt-e2e-dead')
    await writeFile(none, '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    await usePackages(lab, 'web1', 'nginx', [
      { version: old, binary: await lab.binary('nginx-1.22.1') },
      { version: fresh, binary: await lab.binary('nginx-1.26.3') },
      { version: dead, binary: none },
    ])
  }, 180_000)

  beforeEach(async () => {
    await expect.poll(() => seatStates(lane().lab, 'web', 'web1'), { timeout: 90_000 }).toEqual(['UP', 'UP'])
    before = await webWorld(lane().lab, 'web1')
    expect(before).toMatchObject({
      masters: 1,
      workers: 2,
      agreed: true,
      answers: expect.stringContaining('1.22.1') as string,
    })
  })

  test('under load: installed and upgraded, no service restarted, nothing left; rolled back, all as before; nothing is lost', async () => {
    const wrk = await startWrk(lane().lab, 'http://10.77.0.100/')
    const { code, stdout } = await upgrade('--package', fresh)
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
    expect(code).toBe(0)
    await expectUpgraded()
    const { run } = JSON.parse(stdout) as { run: string }
    const back = await lane().zdt(['rollback', run, '--yes', '--json'])
    expect(JSON.parse(back.stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
    await expectAsBefore()
    expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
  })

  test('the newest does not live: seen in a trial start with all that its packages bring, and nothing is installed', async () => {
    const { code, stdout } = await upgrade('--package', 'latest')
    expect(JSON.parse(stdout)).toMatchObject({
      ended: 'put-back',
      error: { message: expect.stringContaining('does not pass its own check') as string },
    })
    expect(code).toBe(4)
    await expectAsBefore()
  })

  test('the new master is killed while it is held: the old nginx serves again, by its old packages', async () => {
    const halt: Halt = { event: 'verified', steps: ['nginx.retire-old-workers'], after: 0, signal: 'SIGSTOP' }
    const zdt = await lane().start(['upgrade-nginx', '--host', 'web1', '--package', fresh], halt)
    await zdt.said(/halted/)
    await lane().root('web1', 'kill -9 $(cat /run/nginx.pid)')
    zdt.signal('SIGCONT')
    expect(await zdt.ended).toMatchObject({ code: 4 })
    await expectAsBefore()
  })

  const inTheMiddle: Halt = { event: 'applying', steps: ['nginx.install-packages'], after: 1500, signal: 'SIGKILL' }
  test.each(['resume', 'rollback'] as const)('zdt is killed while apt is at work, which goes on: %s', async (way) => {
    const zdt = await lane().start(['upgrade-nginx', '--host', 'web1', '--package', fresh], inTheMiddle)
    expect(await zdt.ended).toMatchObject({ code: 137 })
    const run = runOf(zdt)
    expect(await lane().zdt([way, run, '--yes'])).toMatchObject({ code: 0 })
    if (way === 'resume') {
      await expectUpgraded()
      expect(await lane().zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
    }
    await expectAsBefore()
  })

  test.each([300, 1500])(
    'the connection is cut %i ms into the install, and all is put back at once: apt comes to its end first',
    async (after) => {
      const main = () => lane().root('web1', 'systemctl show -p MainPID --value nginx')
      const was = await main()
      const halt: Halt = { ...inTheMiddle, after, signal: 'SIGSTOP' }
      const zdt = await lane().start(['upgrade-nginx', '--host', 'web1', '--package', fresh], halt)
      await halted(zdt)
      await cutConnections(lane().lab)
      zdt.signal('SIGCONT')
      expect(await zdt.ended).toMatchObject({ code: 4 })
      expect(await main()).toBe(was)
      await expectAsBefore()
    },
  )

  test('no source has the old packages any more: refused; apt kept them: the way back is by those', async () => {
    const root = (line: string) => lane().root('web1', line)
    await root('cp -a /srv/repo /srv/repo.whole; rm /srv/repo/nginx*_1.22.1-9.deb')
    await root(
      "awk -v RS= -v ORS='\\n\\n' '!/Version: 1.22.1-9/' /srv/repo.whole/Packages > /srv/repo/Packages; apt-get -qq update",
    )
    try {
      const { code, stdout } = await upgrade('--package', fresh)
      expect(code).toBe(4)
      expect(stdout).toContain('without it there is no way back')
      await expectAsBefore()
      await root(
        'for p in nginx_1.22.1-9_amd64 nginx-common_1.22.1-9_all; do cp /srv/repo.whole/${p%_*}.deb /var/cache/apt/archives/$p.deb; done',
      )
      const done = await upgrade('--package', fresh)
      expect(JSON.parse(done.stdout)).toMatchObject({ ended: 'done' })
      await expectUpgraded()
      const { run } = JSON.parse(done.stdout) as { run: string }
      expect(await lane().zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
      await expectAsBefore()
    } finally {
      await root(
        'rm -rf /srv/repo /var/cache/apt/archives/nginx*.deb; mv /srv/repo.whole /srv/repo; apt-get -qq update',
      )
    }
  })

  test('case 8: by apt alone, with no policy-rc.d, the packages’ own scripts replace the running nginx; by zdt they do not', async () => {
    const main = () => lane().root('web1', 'systemctl show -p MainPID --value nginx')
    const install = (version: string) =>
      lane().root(
        'web1',
        `export DEBIAN_FRONTEND=noninteractive
apt-get -qq -y --allow-downgrades -o Dpkg::Options::=--force-confold install nginx=${version} nginx-common=${version} >/dev/null
systemctl is-active nginx`,
      )
    const was = await main()
    await install(fresh)
    expect(await main()).not.toBe(was)
    await install(old)
    await lane().root('web1', 'systemctl restart nginx')

    before = await webWorld(lane().lab, 'web1')
    const again = await main()
    const halt: Halt = { event: 'verified', steps: ['nginx.install-packages'], after: 0, signal: 'SIGSTOP' }
    const zdt = await lane().start(['upgrade-nginx', '--host', 'web1', '--package', fresh], halt)
    await zdt.said(/halted/)
    expect(await main()).toBe(again)
    zdt.signal('SIGCONT')
    expect(await zdt.ended).toMatchObject({ code: 0 })
    expect(await lane().zdt(['rollback', runOf(zdt), '--yes'])).toMatchObject({ code: 0 })
    await expectAsBefore()
  })

  test('a version that nobody has, a host whose nginx is no package’s own, dpkg half-way: refused, and nothing is touched', async () => {
    const unknown = await upgrade('--package', '9.9')
    expect(unknown.code).toBe(3)
    expect(unknown.stdout + unknown.stderr).toContain("Version '9.9' for 'nginx' was not found")
    const other = await lane().zdt(['upgrade-nginx', '--host', 'web2', '--package', 'latest', '--yes'])
    expect(other.code).toBe(3)
    expect(other.stderr.replaceAll(/\s+/g, ' ')).toMatch(/is installed, but nginx 1\.22\.1 runs there/)
    await lane().root('web1', 'dpkg --unpack --force-depends /srv/repo/nginx-common_1.26.3-3.deb >/dev/null 2>&1; true')
    const half = await upgrade('--package', fresh)
    expect(half.code).toBe(3)
    expect(half.stdout + half.stderr).toContain('packages there are not whole')
    await lane().root(
      'web1',
      'dpkg --force-depends -i /srv/repo/nginx-common_1.22.1-9.deb >/dev/null 2>&1; systemctl restart nginx',
    )
  })
})

describeOnLab('upgrade-haproxy --package', () => {
  const lane = useLane('e2e-packages')
  const [was, next] = ['2.6.12-1', '3.0.11-1']
  const upgrade = (...flags: string[]) => {
    const argv = [
      'upgrade-haproxy',
      '--host',
      'lb1',
      '--in-place',
      '--hold',
      '3s',
      '--yes',
      '--json',
      '--probe',
      'fleet',
    ]
    return lane().zdt([...argv, ...flags])
  }
  const on = async (host: string) => [
    ...(await packagesOn(lane().lab, host, 'haproxy')),
    (await lane().root(host, 'echo "show info" | socat - UNIX-CONNECT:/run/haproxy/admin.sock | grep ^Version')).trim(),
    (await lane().root(host, 'ls /usr/sbin/haproxy*')).trim(),
    (
      await lane().root(
        host,
        'stat -Lc %i /proc/$(systemctl show -p MainPID --value haproxy)/exe /usr/sbin/haproxy | uniq | wc -l',
      )
    ).trim(),
  ]
  const before = [`ii haproxy ${was}`, 'Version: 2.6.12', '/usr/sbin/haproxy', '1']

  beforeAll(async () => {
    const { lab } = lane()
    await usePackages(lab, 'lb1', 'haproxy', [
      { version: was, binary: await lab.binary('haproxy-2.6.12') },
      { version: next, binary: await lab.binary('haproxy-3.0.11') },
    ])
  }, 180_000)

  test('under load, on the holder of the VIP: installed and executed, and back; what operators had set stays; nothing is lost', async () => {
    await lane().root('lb1', 'echo "set server shop/app3 state drain" | socat - UNIX-CONNECT:/run/haproxy/admin.sock')
    expect(await on('lb1')).toEqual(before.map((line) => expect.stringContaining(line) as string))
    const wrk = await startWrk(lane().lab, 'http://10.77.0.100/shop/', 'paced')
    const { code, stdout } = await upgrade('--package', 'latest')
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
    expect(code).toBe(0)
    expect((await on('lb1')).join()).toMatch(/ii haproxy 3\.0\.11-1,.*Version: 3\.0\.11.*,1$/s)
    const { run } = JSON.parse(stdout) as { run: string }
    const back = await lane().zdt(['rollback', run, '--yes', '--json'])
    expect(JSON.parse(back.stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
    expect(await on('lb1')).toEqual(before.map((line) => expect.stringContaining(line) as string))
    const states = await lane().root(
      'lb1',
      'echo "show servers state shop" | socat - UNIX-CONNECT:/run/haproxy/admin.sock',
    )
    expect(states).toMatch(/ app3 10\.77\.0\.23 2 8 /)
    expect((await wrk.stop()).not2xx).toBe(0)
  })

  test.each(['resume', 'rollback'] as const)('zdt is killed while apt is at work, which goes on: %s', async (way) => {
    const halt: Halt = { event: 'applying', steps: ['haproxy.exchange-binary'], after: 1500, signal: 'SIGKILL' }
    const argv = ['upgrade-haproxy', '--host', 'lb1', '--in-place', '--hold', '1s', '--package', next]
    const zdt = await lane().start(argv, halt)
    expect(await zdt.ended).toMatchObject({ code: 137 })
    const run = runOf(zdt)
    expect(await lane().zdt([way, run, '--yes'])).toMatchObject({ code: 0 })
    if (way === 'resume') expect(await lane().zdt(['rollback', run, '--yes'])).toMatchObject({ code: 0 })
    expect(await on('lb1')).toEqual(before.map((line) => expect.stringContaining(line) as string))
  })
})
