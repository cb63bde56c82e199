import { afterEach, describe, expect } from 'vitest'
import { dropNetwork, restoreNetwork } from '../chaos/faults.ts'
import { printed, vip, type Shop } from '../support/shop.ts'
import { deep } from '../support/wide.ts'
import { fromOutside } from '../support/from-outside.ts'
import { startWrk } from '../support/wrk.ts'
import { cartAlone, servers, webs } from './cart.ts'

const apps = ['app1', 'app2', 'app3'] as const

/** A load balancer that cannot be reached any more in the middle of a rollout; it serves on. */
export function unreachableTests(shop: Shop): void {
  const { lab } = shop

  describe('a rollout in whose middle lb2 cannot be reached', () => {
    afterEach(() => restoreNetwork(lab, 'lb2'))

    const states = () => Promise.all(apps.map((app) => shop.states(`shop/${app}`)))
    const versions = () => Promise.all(apps.map((app) => shop.on(app, 'cat /etc/shop/version')))

    deep.each([
      ['rolling', '', /shop\/app1 → 2\.0\.0 …/, 'left'],
      [
        'blue-green',
        'blue_green: { colours: { blue: [app1], green: [app2, app3] }, keep_old: 2s }',
        /shop\/app2 → 2\.0\.0 …/,
        'put-back',
      ],
      ['canary', 'canary: { shares: 20%, samples: 5 }', /shop\/app1 → 2\.0\.0 …/, 'left'],
    ])(
      '%s: nothing is lost, what can be reached goes back, and lb2 does when it is there again',
      async (strategy, spec, moment, ended) => {
        const fleet = await shop.fleet((yaml) =>
          spec === '' ? yaml : yaml.replace('rollout:\n', `rollout:\n      ${spec}\n`),
        )
        if (strategy === 'blue-green')
          await shop.orderBoth(...['app2', 'app3'].map((app) => `set server shop/${app} state maint`))
        const before = await states()
        const load = await startWrk(lab, `${vip}/shop/`, 'paced')
        const words = [
          '--strategy',
          strategy,
          '--settle',
          '1s',
          '--min-healthy',
          '2s',
          '--timeout',
          '10s',
          '--fleet',
          fleet,
        ]
        const zdt = await shop.start('rollout', 'shop', '--to', '2.0.0', '--yes', '--json', ...words)
        await zdt.said(moment)
        await dropNetwork(lab, 'lb2', 300)
        const { code, stdout } = await zdt.ended
        expect(printed(stdout)).toMatchObject({ ended, error: { host: 'lb2' } })
        expect(code).toBe(ended === 'left' ? 5 : 4)
        await restoreNetwork(lab, 'lb2')
        const { run } = JSON.parse(stdout) as { run: string }
        const back = await shop.zdt('rollback', run, '--yes', '--json', '--fleet', fleet, '--probe', `${vip}/shop/`)
        expect(printed(back.stdout).probe?.total).toMatchObject({ lost: 0 })
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        expect(await versions()).toEqual(apps.map(() => '1.0.0\n'))
        expect(await states()).toEqual(before)
      },
    )
  })

  describe('a rollout behind nginx in whose middle web2 cannot be reached', () => {
    afterEach(() => restoreNetwork(lab, 'web2'))
    const files = () => Promise.all(webs.map((web) => fromOutside(lab, web, `cat ${servers}`)))
    const versions = () => Promise.all(apps.map((app) => shop.on(app, 'cat /etc/shop/version')))
    const colours = 'blue_green: { colours: { blue: [app1], green: [app2, app3] }, keep_old: 2s }'

    deep.each([
      ['rolling', /cart\/app1 → 2\.0\.0 …/, 'left'],
      ['blue-green', /cart\/app2 → 2\.0\.0 …/, 'put-back'],
      ['canary', /cart\/app1 → 2\.0\.0 …/, 'left'],
    ])(
      '%s: nothing is lost, what can be reached goes back, and web2 does when it is there again',
      { timeout: 600_000 },
      async (strategy, moment, ended) => {
        const fleet = await shop.fleet((yaml) => cartAlone(yaml).replace('rollout: {', `rollout: { ${colours},`))
        const resting = strategy === 'blue-green' ? ['cart/app2', 'cart/app3'] : []
        for (const seat of resting) await shop.zdt('maint', seat, '--yes', '--fleet', fleet)
        const before = await files()
        const load = await startWrk(lab, `${vip}/cart/`, 'paced')
        const times = ['--settle', '1s', '--min-healthy', '2s', '--timeout', '10s']
        const shares = strategy === 'canary' ? ['--shares', '20%', '--samples', '5'] : []
        const words = ['--strategy', strategy, ...shares, ...times, '--fleet', fleet]
        const zdt = await shop.start('rollout', 'cart', '--to', '2.0.0', '--yes', '--json', ...words)
        await zdt.said(moment)
        await dropNetwork(lab, 'web2', 300)
        const { code, stdout } = await zdt.ended
        expect(printed(stdout)).toMatchObject({ ended })
        expect(JSON.stringify(printed(stdout).error)).toContain('web2')
        expect(code).toBe(ended === 'left' ? 5 : 4)
        await restoreNetwork(lab, 'web2')
        const { run } = JSON.parse(stdout) as { run: string }
        const back = await shop.zdt('rollback', run, '--yes', '--json', '--fleet', fleet, '--probe', `${vip}/cart/`)
        expect(printed(back.stdout).probe?.total).toMatchObject({ lost: 0 })
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        expect(await versions()).toEqual(apps.map(() => '1.0.0\n'))
        expect(await files()).toEqual(before)
        for (const seat of resting) await shop.zdt('ready', seat, '--yes', '--fleet', fleet)
      },
    )
  })
}
