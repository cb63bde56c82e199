import { expect, test } from 'vitest'
import { describeOnLab, useLab } from '../support/lab.ts'
import { printed, useShop, vip } from '../support/shop.ts'
import { useVips } from '../support/vips.ts'
import { startWrk } from '../support/wrk.ts'

describeOnLab('zdt evacuate, with Keepalived of every kind', () => {
  const shop = useShop(useLab())
  const vips = useVips(shop)
  const boot = (host: string) => shop.on(host, 'cat /proc/sys/kernel/random/boot_id')
  /** As most have it: nothing but a stop moves the VIP, and a boot would take it back. */
  const plain = (conf: string) => conf.replace(/ {4}track_file \{[^}]*\}\n/, '')
  const nopreempt = (conf: string) => conf.replace(/state \w+/, 'state BACKUP\n    nopreempt')

  test.each([
    ['no track file', plain],
    ['nopreempt', nopreempt],
  ])(
    'given %s / evacuate lb1 -- sudo reboot / lb2 holds the VIP until lb1 is fit; nothing is lost',
    async (_kind, edit) => {
      await vips.configure(edit)
      const before = await boot('lb1')
      const wrk = await startWrk(shop.lab, `${vip}/shop/`)
      const run = await vips.start('evacuate', 'lb1', '--yes', '--json', '--probe', 'fleet', '--', 'sudo', 'reboot')
      await run.said(/on lb1 any more … /)
      expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      await run.said(/was booted anew/)
      expect(await vips.holders()).toEqual(['lb2'])
      const { code, stdout, stderr } = await run.ended
      expect(code, stderr).toBe(0)
      expect(printed(stdout).probe?.total).toMatchObject({ lost: 0 })
      expect(await boot('lb1')).not.toBe(before)
      expect(await vips.holders()).toEqual(['lb1'])
      expect(await vips.leftovers()).toBe('')
      expect(await shop.on('lb1', 'systemctl is-enabled keepalived')).toBe('enabled\n')
    },
    180_000,
  )

  test('given zdt killed while web1 boots / resumed: the boot is taken for the end of the command, and web1 comes back', async () => {
    const before = await boot('web1')
    const killed = await shop.start('evacuate', 'web1', '--yes', '--', 'sh', '-c', 'sudo reboot; sleep 60')
    await killed.said(/run sh .* …|shuts down|it runs/)
    await expect
      .poll(async () => ['', before].includes(await boot('web1').catch(() => '')), { timeout: 90_000 })
      .toBe(false)
    killed.signal('SIGKILL')
    await killed.ended
    const run = /run ([0-9A-Z]{6}) /.exec(killed.stderr())?.[1] ?? ''
    const resumed = await shop.zdt('resume', run, '--yes')
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 })
    expect(await shop.states('web/web1')).toEqual(['UP', 'UP'])
  }, 150_000)
})
