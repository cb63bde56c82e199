import { describe, expect } from 'vitest'
import { printed, vip, type Shop } from '../support/shop.ts'
import { deep } from '../support/wide.ts'
import { startWrk } from '../support/wrk.ts'

const apps = ['app1', 'app2', 'app3'] as const

export function budgetTests(shop: Shop): void {
  describe('zdt rollout with a budget for failures', () => {
    const versions = () => Promise.all(apps.map((app) => shop.on(app, 'cat /etc/shop/version')))
    const states = () => Promise.all(apps.map((app) => shop.states(`shop/${app}`)))
    const [up, drained] = [
      ['UP', 'UP'],
      ['DRAIN', 'DRAIN'],
    ] as const

    /** Every server is deployed by this line of sh, `$1` being the version. */
    const deployedBy = (line: string) =>
      shop.fleet((yaml) => yaml.replace(/deploy: .*/, `deploy: [sudo, sh, -c, '${line}', sh, '{version}']`))
    const rollout = (fleet: string, to: string, ...flags: readonly string[]) =>
      shop.zdt(
        'rollout',
        'shop',
        '--to',
        to,
        '--fleet',
        fleet,
        '--yes',
        '--json',
        '--probe',
        `${vip}/shop/`,
        '--settle',
        '1s',
        '--min-healthy',
        '6s',
        ...flags,
      )

    deep(
      'one that cannot be deployed stays out as it is, the others go on; tried again, and brought back',
      async () => {
        const load = await startWrk(shop.lab, `${vip}/shop/`, 'paced')
        const fleet = await deployedBy('test "$(hostname)" != app2 && shop-deploy "$1"')
        const { code, stdout } = await rollout(fleet, '2.0.0', '--max-failures', '1')
        expect(printed(stdout)).toMatchObject({
          ended: 'done',
          summary: 'rollout shop to 2.0.0 is done, but shop/app2 failed and stays out of rotation',
          leftOut: [{ lot: 'shop/app2', error: { host: 'app2' } }],
          goOnWith: 'zdt rollout shop --to 2.0.0',
          probe: { total: { lost: 0 } },
        })
        expect(code).toBe(5)
        expect(await versions()).toEqual(['2.0.0\n', '1.0.0\n', '2.0.0\n'])
        expect(await states()).toEqual([up, drained, up])

        expect((await rollout(await deployedBy('shop-deploy "$1"'), '2.0.0')).code).toBe(0)
        expect(await versions()).toEqual(['2.0.0\n', '2.0.0\n', '2.0.0\n'])
        expect((await shop.zdt('ready', 'shop/app2', '--yes')).code).toBe(0)
        expect((await rollout(await deployedBy('shop-deploy "$1"'), '1.0.0')).code).toBe(0)
        expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
        expect(await states()).toEqual([up, up, up])
      },
    )

    deep('without one: down for two seconds while it is watched is enough, and all goes back', async () => {
      const ill = 'touch /run/shop/unhealthy; sleep 2; rm /run/shop/unhealthy'
      const later = `systemd-run --quiet --timer-property=AccuracySec=100ms --on-active=6 sh -c "${ill}"`
      const fleet = await deployedBy(`shop-deploy "$1"; test "$(hostname)$1" != app1v2 || ${later}`)
      const { code, stdout } = await rollout(fleet, 'v2', '--max-failures', '0')
      expect(stdout).toMatch(/lb\d has seen app1 go down once meanwhile|sees that app1 is DOWN/)
      expect(printed(stdout)).toMatchObject({ ended: 'put-back', probe: { total: { lost: 0 } } })
      expect(code).toBe(4)
      expect(await versions()).toEqual(['1.0.0\n', '1.0.0\n', '1.0.0\n'])
      expect(await states()).toEqual([up, up, up])
    })

    deep('one that falls ill when it serves is taken out again, of a batch of all; rolled back, so is it', async () => {
      const fleet = await deployedBy(
        'shop-deploy "$1"; test "$(hostname)$1" != app3v2 || systemd-run --quiet --timer-property=AccuracySec=100ms --on-active=5 touch /run/shop/unhealthy',
      )
      // Touched: the shop mends it after the test, whatever became of that.
      await shop.on('app3', 'true')
      const { code, stdout } = await rollout(fleet, 'v2', '--batch', '1,100%', '--max-failures', '1')
      expect(printed(stdout)).toMatchObject({
        ended: 'done',
        leftOut: [{ lot: 'shop/app3' }],
        probe: { total: { lost: 0 } },
      })
      expect(code).toBe(5)
      expect(await versions()).toEqual(['v2\n', 'v2\n', 'v2\n'])
      expect((await states()).slice(0, 2)).toEqual([up, up])
      expect((await states())[2]?.every((state) => state.startsWith('DRAIN') || state === 'DOWN')).toBe(true)

      const { run } = JSON.parse(stdout) as { run: string }
      await shop.on('app3', 'sudo rm -f /run/shop/unhealthy')
      expect((await shop.zdt('rollback', run, '--yes', '--fleet', fleet)).code).toBe(0)
      expect(await versions()).toEqual(['1.0.0\n', '1.0.0\n', '1.0.0\n'])
    })
  })
}
