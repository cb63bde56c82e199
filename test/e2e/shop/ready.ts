import { describe, expect, test } from 'vitest'
import { printed, vip, type Shop } from '../support/shop.ts'
import { deep } from '../support/wide.ts'

/** The lines of the shop's servers, in haproxy.cfg. */
const shopServers = /(?<=\nbackend shop\n[^]*?)server app\d \S+ check weight 100(?=[^]*\nbackend shop_never)/g

export function readyTests(shop: Shop): void {
  describe('zdt ready', () => {
    test('given a dead server in maintenance / ready app2 / no client gets there, and it goes back to maintenance', async () => {
      expect(await shop.zdt('maint', 'app2', '--yes')).toMatchObject({ code: 0 })
      await shop.on('app2', 'sudo systemctl stop shop')
      const before = await shop.total('shop/app2')
      const failed = await shop.zdt('ready', 'app2', '--yes', '--json', '--timeout', '2s', '--probe', `${vip}/shop/`)
      expect(failed.code).toBe(4)
      expect(printed(failed.stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
      // HAProxy forgets the words after it, "Connection refused", whenever its next check begins.
      expect(printed(failed.stdout).error?.message).toMatch(/still awaited: .*shop\/app2 .*Layer4 connection problem/)
      expect(await shop.states('shop/app2')).toEqual(['MAINT', 'MAINT'])
      expect(await shop.total('shop/app2')).toBe(before)

      await shop.on('app2', 'sudo systemctl start shop')
      const back = await shop.zdt('ready', 'app2', '--yes')
      expect(back).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('app2 serves again on lb1, lb2') as string,
      })
      expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
    })

    deep(
      'given a dead server that drains / ready app2 / it goes on draining; it may come up while ready waits',
      async () => {
        expect(await shop.zdt('drain', 'app2', '--yes')).toMatchObject({ code: 0 })
        const drained = await shop.settings()
        await shop.on('app2', 'sudo systemctl stop shop')
        const failed = await shop.zdt('ready', 'app2', '--yes', '--timeout', '2s')
        expect(failed).toMatchObject({
          code: 4,
          stdout: expect.stringContaining('time is over, and put back') as string,
        })
        expect(await shop.settings()).toBe(drained)

        const ready = await shop.start('ready', 'app2', '--yes')
        await ready.said(/waits up to 30 s: lb\d +shop\/app2 +check: .*Layer4 connection problem/)
        await shop.on('app2', 'sudo systemctl start shop')
        expect(await ready.ended).toMatchObject({ code: 0 })
        expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
      },
    )

    deep('given a server that fell ill a moment ago / ready app2 / does not believe the check of before', async () => {
      expect(await shop.zdt('drain', 'app2', '--yes')).toMatchObject({ code: 0 })
      await shop.on('app2', 'sudo touch /run/shop/unhealthy')
      const failed = await shop.zdt('ready', 'app2', '--yes', '--timeout', '2s')
      expect(failed.code).toBe(4)
      expect(failed.stderr).toMatch(/lb1 +shop\/app2 +check: .*503/)
      await shop.on('app2', 'sudo rm /run/shop/unhealthy')
      expect(await shop.zdt('ready', 'app2', '--yes')).toMatchObject({ code: 0 })
      expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
    })

    deep(
      'given rise 1 and fall 1, which make any server up at once / ready app2 / waits for a fresh check all the same',
      async () => {
        await shop.configure((cfg) => cfg.replace('inter 500ms rise 2 fall 2', 'inter 500ms rise 1 fall 1'))
        expect(await shop.zdt('maint', 'app2', '--yes')).toMatchObject({ code: 0 })
        await shop.on('app2', 'sudo systemctl stop shop')
        const before = await shop.total('shop/app2')
        const failed = await shop.zdt('ready', 'app2', '--yes', '--timeout', '2s', '--json', '--probe', `${vip}/shop/`)
        expect(failed.code).toBe(4)
        expect(printed(failed.stdout)).toMatchObject({ probe: { total: { lost: 0 } } })
        expect(await shop.states('shop/app2')).toEqual(['MAINT', 'MAINT'])
        expect(await shop.total('shop/app2')).toBe(before)
        await shop.on('app2', 'sudo systemctl start shop')
        expect(await shop.zdt('ready', 'app2', '--yes')).toMatchObject({ code: 0 })
        expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
      },
    )

    deep(
      'given a backend without checks / ready app2 / asks for no more, but no less, than that it accepts connections',
      async () => {
        await shop.configure((cfg) => cfg.replaceAll(shopServers, (server) => server.replace(' check', '')), 'no check')
        expect(await shop.zdt('maint', 'app2', '--yes')).toMatchObject({ code: 0 })
        await shop.on('app2', 'sudo systemctl stop shop')
        const failed = await shop.zdt('ready', 'app2', '--yes', '--timeout', '1s')
        expect(failed.code).toBe(4)
        expect(failed.stdout).toContain('does not accept connections')
        expect(await shop.states('shop/app2')).toEqual(['MAINT', 'MAINT'])
        await shop.on('app2', 'sudo systemctl start shop')
        expect(await shop.zdt('ready', 'app2', '--yes')).toMatchObject({ code: 0 })
        expect(await shop.states('shop/app2')).toEqual(['no check', 'no check'])
      },
    )

    deep(
      'given a server that drains / ready app2 --slow-start 3s / its weight rises, and is what it was; rolled back, too',
      async () => {
        await shop.orderBoth('set server shop/app2 state drain', 'set server shop/app2 weight 60')
        const before = await shop.settings()
        const zdt = await shop.start(
          'ready',
          'app2',
          '--yes',
          '--json',
          '--slow-start',
          '3s',
          '--probe',
          `${vip}/shop/`,
        )
        const weight = async () => Number((await shop.lb1.stat('shop/app2'))['weight'])
        for (const share of [6, 15, 30, 60]) await expect.poll(weight, { interval: 50 }).toBe(share)
        const { code, stdout } = await zdt.ended
        expect(code).toBe(0)
        expect(printed(stdout).probe?.total.lost).toBe(0)
        expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
        const { run } = JSON.parse(stdout) as { run: string }
        expect(await shop.zdt('rollback', run, '--yes')).toMatchObject({ code: 0 })
        expect(await shop.settings()).toBe(before)
      },
    )

    deep(
      'given a slow start / somebody gives app2 weight 0 on lb1 / it stops, puts lb2 back, and lets that be',
      async () => {
        await shop.orderBoth('set server shop/app2 state drain')
        const zdt = await shop.start('ready', 'app2', '--yes', '--json', '--slow-start', '30s')
        await zdt.said(/warm up for 10 s/)
        await expect.poll(async () => Number((await shop.lb1.stat('shop/app2'))['weight'])).toBe(10)
        await expect.poll(async () => (await shop.states('shop/app2')).join()).toBe('UP,UP')
        await shop.lb1.order('set server shop/app2 weight 0')
        const { code, stdout } = await zdt.ended
        expect(stdout).toMatch(/somebody has given shop\/app2 weight 0 on lb1/)
        expect({ code, states: await shop.states('shop/app2') }).toEqual({ code: 5, states: ['DRAIN', 'DRAIN'] })
        const weights = [shop.lb1, shop.lb2].map(async (lb) => Number((await lb.stat('shop/app2'))['weight']))
        expect(await Promise.all(weights)).toEqual([0, 100])
      },
    )

    test('given a server that serves / ready app2 / says so, and touches nothing', async () => {
      const before = await shop.settings()
      const again = await shop.zdt('ready', 'app2', '--yes')
      expect(again).toMatchObject({ code: 0, stdout: '✔ app2 was ready already on lb1, lb2\n' })
      expect(await shop.settings()).toBe(before)
    })

    deep(
      'given a server of weight 0 that drains / ready app2 / is ready, keeps its weight, and says what that means',
      async () => {
        await shop.orderBoth('set server shop/app2 weight 0%', 'set server shop/app2 state drain')
        const back = await shop.zdt('ready', 'app2', '--yes')
        expect(back).toMatchObject({ code: 0 })
        expect(back.stderr).toContain('shop/app2 on lb1 has weight 0: no new clients until zdt weight app2 100%')
        expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
        expect(await shop.settings()).toMatch(/^shop\/app2 0 0 /m)
      },
    )

    deep('given a server that one load balancer alone has out / ready app2 / brings it back there', async () => {
      await shop.lb2.order('set server shop/app2 state maint')
      const back = await shop.zdt('ready', 'app2', '--yes')
      expect(back).toMatchObject({ code: 0 })
      expect(back.stderr).not.toMatch(/^\S+ lb1 /m)
      expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
    })
  })
}
