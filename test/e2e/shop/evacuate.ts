import { describe, expect, test, vi } from 'vitest'
import { printed, soon, vip, type Shop } from '../support/shop.ts'
import { useVips } from '../support/vips.ts'
import { deep, isWide } from '../support/wide.ts'
import { startWrk } from '../support/wrk.ts'

/** The name of the run that has said so. */
const runIn = (text: string) => /run ([0-9A-Z]{6}) /.exec(text)?.[1] ?? ''

export function evacuateTests(shop: Shop): void {
  describe('zdt evacuate', () => {
    const vips = useVips(shop)
    const boot = (host: string) => shop.on(host, 'cat /proc/sys/kernel/random/boot_id')
    const traces = (host: string) =>
      shop.on(host, 'systemctl list-units --all --plain --no-legend "zdt-*"; pgrep -af zdt-wor[k] || true')

    test.runIf(isWide)(
      'given clients of every kind and a drain by hand / evacuate lb1 -- sudo reboot / boots it, loses nothing, cuts nobody',
      async () => {
        await shop.orderBoth('set server shop/app3 state drain', 'set server shop/app2 weight 50%')
        const before = [await boot('lb1'), await shop.lb1.settings()]
        const clients = await Promise.all([
          shop.anyClient('websocket', `${vip}/shop/live`),
          shop.anyClient('get', `${vip}/shop/poll?ms=8000`),
          shop.anyClient('tcp', `${vip}:9000`),
        ])
        const [websocket, poll] = clients
        const wrk = await startWrk(shop.lab, `${vip}/shop/`)
        const run = await vips.start('evacuate', 'lb1', '--yes', '--json', '--probe', 'fleet', '--', 'sudo', 'reboot')
        await run.said(/on lb1 any more … /)
        expect(await vips.holders()).toEqual(['lb2'])
        websocket?.write('say still here')
        await websocket?.said(/^heard .*still here/m)
        await poll?.said(/^answer 200 "[^"]*news/m)
        // wrk never rests: its connections are the last that lb1 has.
        expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        for (const client of clients) client.write('close')
        await run.said(/run sudo reboot ✔/)
        const afresh = await startWrk(shop.lab, `${vip}/shop/`)
        await run.said(/on lb2 any more … /)
        expect(await vips.holders()).toEqual(['lb1'])
        expect(await afresh.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        for (const client of clients) expect(client.stdout()).not.toContain('broken')
        const { code, stdout, stderr } = await run.ended
        expect(code, stderr).toBe(0)
        expect(printed(stdout).probe?.total).toMatchObject({ lost: 0 })
        expect(stderr).toContain('lb1 was booted anew')
        const now = [await boot('lb1'), await shop.lb1.settings()]
        expect(now[0]).not.toBe(before[0])
        expect(now[1]).toBe(before[1])
        expect(await vips.holders()).toEqual(['lb1'])
        expect(await vips.leftovers()).toBe('')
      },
      150_000,
    )

    deep(
      'given a command that fails / evacuate web1 / pauses with web1 out; resume runs it no second time; rollback brings it back',
      async () => {
        const command = ['sh', '-c', 'echo "$HOME and $$"; echo once >> /tmp/evacuated; exit 3']
        const failed = await shop.zdt('evacuate', 'web1', '--yes', '--', ...command)
        expect(failed).toMatchObject({ code: 5 })
        expect(failed.stderr).toMatch(/│ \/home\/deploy and \d+/)
        expect(failed.stdout.replaceAll(/\s+/g, ' ')).toContain('exited with 3')
        expect(await shop.states('web/web1')).toEqual(['DRAIN', 'DRAIN'])
        const run = runIn(failed.stderr)
        expect(await shop.zdt('resume', run, '--yes')).toMatchObject({ code: 5 })
        expect(await shop.states('web/web1')).toEqual(['DRAIN', 'DRAIN'])
        expect(await shop.zdt('rollback', run, '--yes')).toMatchObject({ code: 0 })
        expect(await shop.states('web/web1')).toEqual(['UP', 'UP'])
        expect(await shop.on('web1', 'cat /tmp/evacuated; rm /tmp/evacuated')).toBe('once\n')
        expect(await traces('web1')).toBe('')
      },
    )

    deep(
      'given zdt killed in mid-command / rolled back while it runs: refused; resumed: waits for it, runs it once, brings web1 back',
      async () => {
        const command =
          'echo begun; echo once >> /tmp/evacuated; while [ ! -e /tmp/go-on ]; do sleep 0.1; done; echo ready'
        const killed = await shop.start('evacuate', 'web1', '--yes', '--', 'sh', '-c', command)
        await killed.said(/│ begun/)
        killed.signal('SIGKILL')
        await killed.ended
        const run = runIn(killed.stderr())
        const refused = await shop.zdt('rollback', run, '--yes')
        expect(refused).toMatchObject({ code: 5 })
        expect(refused.stdout.replaceAll(/\s+/g, ' ')).toContain('still runs')
        expect(await shop.states('web/web1')).toEqual(['DRAIN', 'DRAIN'])
        const resumed = await shop.start('resume', run, '--yes')
        await resumed.said(/it runs/)
        await shop.on('web1', 'touch /tmp/go-on')
        expect(await resumed.ended).toMatchObject({ code: 0 })
        expect(resumed.stderr()).toMatch(/│ ready/)
        expect(await shop.states('web/web1')).toEqual(['UP', 'UP'])
        expect(await shop.on('web1', 'cat /tmp/evacuated; rm /tmp/evacuated /tmp/go-on')).toBe('once\n')
        expect(await traces('web1')).toBe('')
      },
    )

    deep(
      'given a drain that is taken back in the middle / rolled back: it is not set again on the host alone',
      async () => {
        await shop.orderBoth('set server shop/app2 state drain', 'set server shop/app3 state drain')
        const command = ['sh', '-c', 'sudo systemctl restart haproxy; exit 3']
        const failed = await shop.zdt('evacuate', 'lb2', '--yes', '--', ...command)
        expect(failed).toMatchObject({ code: 5 })
        await shop.orderBoth('set server shop/app3 state ready')
        await vi.waitFor(async () => expect(await shop.states('shop/app3')).toEqual(['UP', 'UP']), soon)
        expect(await shop.zdt('rollback', runIn(failed.stderr), '--yes')).toMatchObject({ code: 0 })
        expect(await shop.states('shop/app3')).toEqual(['UP', 'UP'])
        expect(await shop.states('shop/app2')).toEqual(['DRAIN', 'DRAIN'])
      },
    )

    deep('given a host without VIP and seat / evacuate lb2 / says so, and runs the command', async () => {
      const done = await shop.zdt('evacuate', 'lb2', '--yes', '--', 'id', '-un')
      expect(done, done.stderr).toMatchObject({ code: 0 })
      const said = done.stderr.replaceAll(/\s+/g, ' ')
      expect(said).toContain('lb2 holds no VIP and has no seat in a pool: nothing is moved or drained')
      expect(said).toContain('lb2 is BACKUP for 10.77.0.100, which lb1 holds and keeps')
      expect(said).toContain('│ deploy')
      expect(await vips.holders()).toEqual(['lb1'])
    })

    test('given the last web server / evacuate / refuses; without a command and with --yes: wrong usage', async () => {
      await shop.orderBoth('set server web/web2 state maint')
      expect(await shop.zdt('evacuate', 'web1', '--yes', '--', 'true')).toMatchObject({ code: 3 })
      await shop.orderBoth('set server web/web2 state ready')
      expect(await shop.zdt('evacuate', 'web1', '--yes')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('nobody to ask') as string,
      })
      await vi.waitFor(async () => expect(await shop.states('web/web2')).toEqual(['UP', 'UP']), soon)
    })
  })
}
