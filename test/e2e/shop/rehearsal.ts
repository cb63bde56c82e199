import { describe, expect } from 'vitest'
import { fromOutside } from '../support/from-outside.ts'
import { printed, vip, type Shop } from '../support/shop.ts'
import { deep } from '../support/wide.ts'
import { startWrk } from '../support/wrk.ts'
import { cartAlone, servers, webs } from './cart.ts'

const apps = ['app1', 'app2', 'app3'] as const
const resting = ['app2', 'app3'] as const
const rehearsed = 'rehearse: { paths: [/shop/, /shop/slow?ms=1], requests: 300 }'
const colours = 'blue_green: { colours: { blue: [app1], green: [app2, app3] }, keep_old: 1s }'

/** A version that no health check finds out is found out on its own, behind HAProxy and nginx alike: nobody is sent to it. */
export function rehearsalTests(shop: Shop): void {
  const { lab } = shop
  const versions = () => Promise.all(apps.map((app) => shop.on(app, 'cat /etc/shop/version')))
  const balancers = {
    HAProxy: {
      pool: 'shop',
      fleet: (yaml: string) => yaml.replace('rollout:\n', `rollout:\n      ${rehearsed}\n      ${colours}\n`),
      state: () => shop.settings(),
    },
    nginx: {
      pool: 'cart',
      fleet: (yaml: string) => cartAlone(yaml).replace('rollout: {', `rollout: { ${rehearsed}, ${colours},`),
      state: async () => (await Promise.all(webs.map((web) => fromOutside(lab, web, `cat ${servers}`)))).join('\n'),
    },
  } as const

  describe.each(['HAProxy', 'nginx'] as const)('a rehearsal behind %s', (balancer) => {
    const { pool, fleet, state } = balancers[balancer]
    describe.each(['rolling', 'canary', 'blue-green'])('%s', (strategy) => {
      deep.each([
        ['errors', /too many errors: app\d: 9 errors in 300 answers \(3\.0 %\)/],
        [
          'slow',
          /too slow: app\d: 0 errors in 2\d answers, 0\.6 s each; the others: 0 errors in 20 answers, \d+ ms each/,
        ],
      ])('to 2.0.0-%s: put back, and nobody was sent to it', { timeout: 600_000 }, async (flaw, sentence) => {
        const file = await shop.fleet(fleet)
        const taken = strategy === 'blue-green' ? resting : []
        const zdt = async (...argv: string[]) => await (await shop.start(...argv, '--fleet', file)).ended
        for (const app of taken) expect(await zdt('maint', `${pool}/${app}`, '--yes')).toMatchObject({ code: 0 })
        const before = await state()
        const load = await startWrk(lab, `${vip}/${pool}/`, 'paced')
        const times = ['--settle', '0s', '--min-healthy', '2s', '--strategy', strategy, '--probe', `${vip}/${pool}/`]
        const { code, stdout } = await zdt('rollout', pool, '--to', `2.0.0-${flaw}`, ...times, '--yes', '--json')
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        expect(stdout).toMatch(sentence)
        expect(printed(stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
        expect(code).toBe(4)
        expect(await versions()).toEqual(apps.map(() => '1.0.0\n'))
        expect(await state()).toBe(before)
        for (const app of taken) expect(await zdt('ready', `${pool}/${app}`, '--yes')).toMatchObject({ code: 0 })
      })
    })

    deep('a good version passes it', { timeout: 600_000 }, async () => {
      const file = await shop.fleet(fleet)
      const rollout = async (to: string) => {
        const argv = [
          'rollout',
          pool,
          '--to',
          to,
          '--settle',
          '0s',
          '--min-healthy',
          '1s',
          '--batch',
          '1,100%',
          '--yes',
        ]
        return await (
          await shop.start(...argv, '--fleet', file)
        ).ended
      }
      const there = await rollout('2.0.0')
      expect(there, there.stdout).toMatchObject({ code: 0 })
      expect(there.stderr).toMatch(/app1: 0 errors in 300 answers, \d+ ms each; the others: 0 errors in 20 answers/)
      expect(await rollout('1.0.0')).toMatchObject({ code: 0 })
    })
  })
}
