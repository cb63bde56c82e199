import { expect, test } from 'vitest'
import { describeOnLab, useLab } from '../support/lab.ts'
import { printed, useShop, vip } from '../support/shop.ts'
import { startWrk } from '../support/wrk.ts'

const numbers = Array.from({ length: 20 }, (_one, index) => index + 1)
const names = (from: number, to: number) => numbers.slice(from - 1, to).map((number) => `app${number}`)

describeOnLab('a pool of twenty servers', () => {
  const lab = useLab({ flags: ['--apps', '20'] })
  const shop = useShop(lab)
  // One after the other: the socket takes no forty connections at once.
  const states = async () => {
    const all: string[] = []
    for (const app of names(1, 20)) all.push(...(await shop.states(`shop/${app}`)))
    return all
  }
  const versions = async () => {
    const all = new Set<string>()
    for (const app of names(1, 20)) all.add(await shop.on(app, 'cat /etc/shop/version'))
    return all
  }

  test.each([
    ['rolling', ''],
    ['canary', 'canary: { servers: 10%, shares: "10%, 50%", samples: 20 }'],
    [
      'blue-green',
      `blue_green: { colours: { blue: [${names(1, 10).join(', ')}], green: [${names(11, 20).join(', ')}] }, keep_old: 2s }`,
    ],
  ])(
    '%s, and back, under load: nothing is lost',
    async (strategy, spec) => {
      const fleet = await shop.fleet((yaml) =>
        spec === '' ? yaml : yaml.replace('rollout:\n', `rollout:\n      ${spec}\n`),
      )
      const isColoured = strategy === 'blue-green'
      if (isColoured) await shop.orderBoth(...names(11, 20).map((app) => `set server shop/${app} state maint`))
      const before = await states()
      const load = await startWrk(lab, `${vip}/shop/`, 'paced')
      const times = ['--batch', '25%', '--settle', '1s', '--min-healthy', '2s']
      const words = ['--yes', '--json', '--fleet', fleet, '--probe', `${vip}/shop/`]
      const there = await shop.zdt('rollout', 'shop', '--to', '2.0.0', '--strategy', strategy, ...times, ...words)
      expect(there.code, there.stderr).toBe(0)
      expect(printed(there.stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
      expect(await versions()).toEqual(new Set(isColoured ? ['1.0.0\n', '2.0.0\n'] : ['2.0.0\n']))

      const { run } = JSON.parse(there.stdout) as { run: string }
      const back = await shop.zdt('rollback', run, ...words)
      expect(back.code, back.stderr).toBe(0)
      expect(printed(back.stdout).probe?.total).toMatchObject({ lost: 0 })
      expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      expect(await versions()).toEqual(new Set(['1.0.0\n']))
      expect(await states()).toEqual(before)
    },
    600_000,
  )
})
