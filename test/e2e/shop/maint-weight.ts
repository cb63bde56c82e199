import { describe, expect, test } from 'vitest'
import { vip, type Shop } from '../support/shop.ts'
import { deep } from '../support/wide.ts'

/** The lines of the shop's servers, in haproxy.cfg. */
const shopServers = /(?<=\nbackend shop\n[^]*?)server app\d \S+ check weight 100(?=[^]*\nbackend shop_never)/g

const weighing = (weight: number) => (cfg: string) =>
  cfg.replaceAll(shopServers, (server) => server.replace('weight 100', `weight ${weight}`))
const balancedBy = (algorithm: string) => (cfg: string) =>
  cfg.replace(/(?<=\nbackend shop\n[^]*?)balance roundrobin/, `balance ${algorithm}`)

export function maintAndWeightTests(shop: Shop): void {
  describe('zdt maint and zdt weight', () => {
    const { lb1, lb2 } = shop
    const weights = async (seat: string) => [(await lb1.stat(seat))['weight'], (await lb2.stat(seat))['weight']]

    describe('maint', () => {
      test('given an open websocket / maint app2 / does not wait for it, nor cuts it, and says so', async () => {
        const client = await shop.client('websocket', `${vip}/shop/live`)
        const maint = await shop.zdt('maint', 'app2', '--yes')
        expect(maint).toMatchObject({
          code: 0,
          stdout: expect.stringContaining('app2 is in maintenance on lb1, lb2') as string,
        })
        expect(maint.stderr).toContain('streams that are open go on until they end')
        expect(await shop.states('shop/app2')).toEqual(['MAINT', 'MAINT'])
        client.write('say still here')
        await client.said(/^heard .*still here/m)
        const again = await shop.zdt('maint', 'app2', '--yes')
        expect(again).toMatchObject({ code: 0, stdout: '✔ app2 was in maintenance already on lb1, lb2\n' })
      })

      deep(
        'given a server that drains / maint app2, drain app2 / maintenance stays: nothing is sent there either',
        async () => {
          expect(await shop.zdt('drain', 'app2', '--yes')).toMatchObject({ code: 0 })
          expect(await shop.zdt('maint', 'app2', '--yes')).toMatchObject({ code: 0 })
          expect(await shop.zdt('drain', 'app2', '--yes')).toMatchObject({ code: 0 })
          expect(await shop.states('shop/app2')).toEqual(['MAINT', 'MAINT'])
        },
      )

      test('given that app3 alone serves / maint app3 / is refused, unless it is meant', async () => {
        await shop.orderBoth('set server shop/app1 state drain', 'set server shop/app2 weight 0%')
        const refused = await shop.zdt('maint', 'app3', '--yes')
        expect(refused).toMatchObject({ code: 3, stdout: '' })
        expect(refused.stderr).toContain('maintenance of app3 would leave shop without a server')
        // Who took it out is said where zdt knows.
        expect(refused.stderr.replaceAll(/\s+/g, ' ')).toMatch(
          /lb1 and lb2 see app1 draining( \([^)]*\))? and app2 at weight 0/,
        )
        expect(refused.stderr).toContain('zdt maint app3 --allow-empty')
        expect(await shop.states('shop/app3')).toEqual(['UP', 'UP'])
        expect(await shop.zdt('maint', 'app3', '--yes', '--allow-empty')).toMatchObject({ code: 0 })
        expect(await shop.states('shop/app3')).toEqual(['MAINT', 'MAINT'])
      })
    })

    describe('weight', () => {
      test('given weights of 100 / weight app2 25, 50%, 0, 100% / each is what HAProxy then has', async () => {
        const steps = [
          ['25', '25', 'zdt weight app2 100'],
          ['50%', '50', 'zdt weight app2 25'],
          ['0', '0', 'zdt weight app2 50'],
          ['100%', '100', 'zdt weight app2 0'],
        ] as const
        for (const [said, now, back] of steps) {
          const done = await shop.zdt('weight', 'app2', said, '--yes')
          expect(done).toMatchObject({ code: 0 })
          expect(done.stdout).toContain(`app2 has weight ${said} on lb1, lb2`)
          expect(done.stdout).toMatch(new RegExp(`undo with +${back} `))
          expect(await weights('shop/app2')).toEqual([now, now])
        }
        expect(await shop.zdt('weight', 'app2', '100', '--yes')).toMatchObject({
          code: 0,
          stdout: '✔ app2 had weight 100 already on lb1, lb2\n',
        })
      })

      deep(
        'given a weight of 1 / weight app2 50% / is refused, for HAProxy makes 0 of it; 0% is what was asked for',
        async () => {
          await shop.configure(weighing(1))
          const before = await shop.settings()
          const refused = await shop.zdt('weight', 'app2', '50%', '--yes')
          expect(refused).toMatchObject({ code: 3, stdout: '' })
          expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain('50% of weight 1 is 0')
          expect(refused.stderr).toContain('zdt weight app2 0%')
          expect(await shop.settings()).toBe(before)
          expect(await shop.zdt('weight', 'app2', '0%', '--yes')).toMatchObject({ code: 0 })
          expect(await weights('shop/app2')).toEqual(['0', '0'])
        },
      )

      deep('given weights of 3 / weight app2 50% / says that it comes to 1, and it does', async () => {
        await shop.configure(weighing(3))
        const done = await shop.zdt('weight', 'app2', '50%', '--yes')
        expect(done).toMatchObject({ code: 0 })
        expect(done.stderr).toContain('set server shop/app2 weight 50% (50% of 3 → 1)')
        expect(await weights('shop/app2')).toEqual(['1', '1'])
      })

      test.for(['257', '101%', 'half', '-1'])(
        'weight app2 %s / is no weight: exit 2, nothing is touched',
        async (wrong) => {
          const before = await shop.settings()
          const refused = await shop.zdt('weight', '--yes', '--', 'app2', wrong)
          expect(refused).toMatchObject({ code: 2, stdout: '' })
          expect(refused.stderr).toContain(`${wrong} is no weight: write 0 to 256, or 0% to 100%`)
          expect(await shop.settings()).toBe(before)
        },
      )

      test('given that app3 alone serves / weight app3 0 / counts as leaving, and is refused', async () => {
        await shop.orderBoth('set server shop/app1 state maint', 'set server shop/app2 state maint')
        const refused = await shop.zdt('weight', 'app3', '0%', '--yes')
        expect(refused).toMatchObject({ code: 3 })
        expect(refused.stderr).toContain('weight 0 for app3 would leave shop without a server')
        expect(await weights('shop/app3')).toEqual(['100', '100'])
      })

      deep(
        'given balance static-rr / weight app2 / takes all or nothing, and refuses the rest beforehand',
        async () => {
          await shop.configure(balancedBy('static-rr'))
          for (const half of ['50%', '50']) {
            const refused = await shop.zdt('weight', 'app2', half, '--yes')
            expect(refused).toMatchObject({ code: 3, stdout: '' })
            expect(refused.stderr).toContain('shop balances by static-rr, which takes only 0% and 100%')
          }
          expect(await weights('shop/app2')).toEqual(['100', '100'])
          expect(await shop.zdt('weight', 'app2', '0%', '--yes')).toMatchObject({ code: 0 })
          expect(await weights('shop/app2')).toEqual(['0', '0'])
          expect(await shop.zdt('weight', 'app2', '100', '--yes')).toMatchObject({ code: 0 })
          expect(await weights('shop/app2')).toEqual(['100', '100'])
        },
      )

      deep(
        'given an agent that says 100% / weight app2 50%, 100% / is held off while the weight is shifted',
        async () => {
          await shop.configure((cfg) =>
            cfg.replaceAll(shopServers, (server) => `${server} agent-check agent-port 9001 agent-inter 300ms`),
          )
          await shop.on('app2', 'echo ready 100% | sudo tee /run/shop/agent')
          const agents = async () => [await lb1.agent('shop/app2'), await lb2.agent('shop/app2')]
          const half = await shop.zdt('weight', 'app2', '50%', '--yes')
          expect(half).toMatchObject({ code: 0 })
          expect(half.stderr.replaceAll(/\n {2,}/g, ' ')).toContain(
            'the agent check of shop/app2 on lb1 is held off until zdt weight app2 100%',
          )
          // Out and in again takes longer than several agent checks of 300 ms.
          expect(await shop.zdt('drain', 'app2', '--yes')).toMatchObject({ code: 0 })
          expect(await shop.zdt('ready', 'app2', '--yes')).toMatchObject({ code: 0 })
          expect([await weights('shop/app2'), await agents()]).toEqual([
            ['50', '50'],
            ['off', 'off'],
          ])
          expect(await shop.zdt('weight', 'app2', '100%', '--yes')).toMatchObject({ code: 0 })
          expect([await weights('shop/app2'), await agents()]).toEqual([
            ['100', '100'],
            ['heard', 'heard'],
          ])
        },
      )

      deep('given that lb2 balances by a map / weight app2 50 / what lb1 had taken is put back', async () => {
        await shop.configure((cfg, lb) => (lb === lb2 ? balancedBy('source')(cfg) : cfg))
        const failed = await shop.zdt('weight', 'app2', '50', '--yes')
        expect(failed).toMatchObject({ code: 4 })
        expect(failed.stdout).toContain('lb2: HAProxy refused "set server shop/app2 weight 50"')
        expect(failed.stdout).toContain('said: Backend is using a static LB algorithm')
        expect(await weights('shop/app2')).toEqual(['100', '100'])
      })
    })
  })
}
