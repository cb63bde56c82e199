import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { cgroupOf } from '../../../src/lab/cgroup.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import type { Running } from '../support/running.ts'
import { soon, useShop, vip } from '../support/shop.ts'
import { useVips } from '../support/vips.ts'

/** The child first: it would give the VIP away when its parent dies. */
const killKeepalived = "sudo sh -c 'kill -9 $(tac /sys/fs/cgroup/system.slice/keepalived.service/cgroup.procs)'"

/** What the hosts' own timers need at the most, with `--max-handoff 5s`. */
const announced = { timeout: 80_000, interval: 500 } as const

describeOnLab('a hand-off under which a host breaks', () => {
  const lab = useLab()
  const shop = useShop(lab)
  const vips = useVips(shop)

  /** A websocket on lb1, a hand-off that waits for it, and a websocket on lb2. */
  const handingOff = async (...flags: readonly string[]) => {
    const old = await shop.anyClient('websocket', `${vip}/shop/live`)
    const run = await vips.start('failover', 'public', '--yes', ...flags)
    await run.said(/on lb1 any more … /)
    const fresh = await shop.anyClient('websocket', `${vip}/shop/live`)
    return { old, run, fresh }
  }
  let said = 0
  const lives = async (client: Running) => {
    const text = `still here ${said++}`
    client.write(`say ${text}`)
    await client.said(new RegExp(`^heard .*${text}`, 'm'))
  }
  const freeze = async (host: string, frozen: boolean) =>
    writeFile(join(cgroupOf(labPaths(lab.name).cgroupName, host), 'cgroup.freeze'), frozen ? '1' : '0')
  /** With --on-failure rollback, as by default: the run's own way out. */
  const cleanedUp = async (holder: string) => {
    await vi.waitFor(async () => expect(await vips.holders()).toEqual([holder]), announced)
    await vi.waitFor(async () => expect(await vips.leftovers()).toBe(''), announced)
  }

  test('the old holder’s Keepalived killed -9: nobody is cut, and the hand-off ends with its connections', async () => {
    const { old, run, fresh } = await handingOff()
    await shop.on('lb1', killKeepalived)
    await lives(old)
    await lives(fresh)
    old.write('close')
    expect(await run.ended).toMatchObject({ code: 0 })
    await lives(fresh)
    await cleanedUp('lb2')
  }, 120_000)

  test('the old holder frozen, and awake again: what it holds goes on, what the new one holds never stopped', async () => {
    const { old, run, fresh } = await handingOff('--max-handoff', '3m')
    await freeze('lb1', true)
    try {
      await lives(fresh)
      await run.said(/lb1 cannot be reached|no answer in time/)
      await lives(fresh)
    } finally {
      await freeze('lb1', false)
    }
    await lives(old)
    old.write('close')
    expect(await run.ended).toMatchObject({ code: 0 })
    await cleanedUp('lb2')
  }, 180_000)

  test('the old holder boots anew: its own connections are gone, those of the new one are not, nothing is left', async () => {
    const { run, fresh } = await handingOff('--max-handoff', '5s', '--on-timeout', 'wait')
    await lab.ssh('lb1', 'sudo -n systemctl reboot')
    const { code, stdout, stderr } = await run.ended
    // Clearing up may meet the host on its way down: the VIP stays where it is now all the same.
    expect([0, 5], `${stdout}${stderr}`).toContain(code)
    await lives(fresh)
    await cleanedUp('lb2')
  }, 180_000)

  test('the new holder’s Keepalived killed -9, which leaves the VIP on both: zdt says so; healed, one holder, nothing left', async () => {
    const { old, run, fresh } = await handingOff('--on-failure', 'pause', '--max-handoff', '5s')
    await shop.on('lb2', killKeepalived)
    const { code, stdout, stderr } = await run.ended
    expect(code).toBe(5)
    expect(`${stdout}${stderr}`.replaceAll(/\s+/g, ' ')).toContain(
      'lb1 holds 10.77.0.100 again, and so does lb2: a split brain',
    )
    await lives(old)
    await lives(fresh)
    const healed = await shop.zdt('vip', 'heal', 'public', '--yes')
    expect(healed, healed.stderr).toMatchObject({ code: 0 })
    await lives(old)
    await cleanedUp('lb1')
  }, 180_000)

  test('the new holder boots anew: the old one takes over again, keeps its connections, and nothing is left', async () => {
    const { old, run } = await handingOff('--max-handoff', '5s', '--on-timeout', 'wait')
    await lab.ssh('lb2', 'sudo -n systemctl reboot')
    await vi.waitFor(async () => expect(await vips.holders()).toContain('lb1'), soon)
    await lives(old)
    const { code, stdout, stderr } = await run.ended
    expect([4, 5], `${stdout}${stderr}`).toContain(code)
    await lives(old)
    await vi.waitFor(async () => expect(await vips.leftovers()).toBe(''), announced)
    expect((await vips.holders()).length).toBe(1)
    await lives(old)
  }, 240_000)
})
