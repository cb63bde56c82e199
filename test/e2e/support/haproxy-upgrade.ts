import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { dyingHaproxy } from './dying-binary.ts'
import { fromOutside } from './from-outside.ts'
import { haproxyWorld, type HaproxyWorld } from './haproxy-world.ts'
import type { Ended, Lab } from './lab.ts'

/** The hands to upgrade lb1's HAProxy with. Each test begins with the lab's own, freshly started. */
export interface HaproxyUpgrade {
  /** A genuine HAProxy of another version. */
  readonly other: () => string
  /** The world that each test begins in. */
  readonly before: () => HaproxyWorld
  /** Upgrades lb1, which holds the VIP. */
  readonly upgrade: (binary: string, ...flags: readonly string[]) => Promise<Ended>
  /** One that starts and dies. */
  readonly dying: () => Promise<string>
}

const patient = { timeout: 90_000, interval: 200 }

export function useHaproxyUpgrade(lab: Lab): HaproxyUpgrade {
  let other = ''
  let directory = ''
  let before: HaproxyWorld
  const on = (line: string) => fromOutside(lab, 'lb1', line)

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'zdt-haproxy-'))
    await on('cp -p /usr/sbin/haproxy /root/haproxy-was; cp -p /etc/haproxy/haproxy.cfg /root/haproxy.cfg-was')
    other = await lab.binary((await on('haproxy -v')).includes(' 3.0.11') ? 'haproxy-2.6.12' : 'haproxy-3.0.11')
  })
  afterAll(() => rm(directory, { recursive: true }))

  beforeEach(async () => {
    await on(
      "systemctl stop 'zdt-watchdog-*' haproxy; rm -f /usr/sbin/haproxy* /var/lib/zdt/haproxy*; " +
        'cp -p /root/haproxy-was /usr/sbin/haproxy; cp -p /root/haproxy.cfg-was /etc/haproxy/haproxy.cfg; ' +
        'systemctl reset-failed haproxy; systemctl start haproxy',
    )
    await expect.poll(async () => (await haproxyWorld(lab, 'lb1')).active, patient).toBe(true)
    before = await haproxyWorld(lab, 'lb1')
  })

  return {
    other: () => other,
    before: () => before,
    upgrade: (binary, ...flags) =>
      lab.zdt(['upgrade-haproxy', '--host', 'lb1', '--binary', binary, '--in-place', '--yes', ...flags], {
        timeout: 240_000,
      }),
    dying: async () => {
      const file = join(directory, 'haproxy-dies')
      await writeFile(file, dyingHaproxy('9.9.9-dies'))
      await chmod(file, 0o755)
      return file
    },
  }
}
