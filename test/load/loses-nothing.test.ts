import { expect, test } from 'vitest'
import { describeOnLab, useLab } from '../e2e/support/lab.ts'
import { printed, useShop, vip } from '../e2e/support/shop.ts'
import { seatStates, webWorld } from '../e2e/support/web-world.ts'
import { startWrk } from '../e2e/support/wrk.ts'

// Alone on the machine, after everything else: 5,000 requests a second need its cores.
describeOnLab('under at least 5,000 keep-alive requests a second through the VIP', () => {
  const lab = useLab({ name: 'e2e-load' })
  const shop = useShop(lab)

  test('given 50 busy clients / drain app2, restart it, ready app2 / loses no request of theirs, nor of the probe', async () => {
    const wrk = await startWrk(shop.lab, `${vip}/shop/`)
    const fleet = await shop.fleet((yaml) => yaml.replace('/healthz', '/shop/'))
    const probe = ['--fleet', fleet, '--probe', 'fleet']
    const drained = await shop.zdt('drain', 'app2', '--yes', '--json', ...probe)
    const whileOut = await shop.states('shop/app2')
    await shop.on('app2', 'sudo systemctl restart shop')
    const back = await shop.zdt('ready', 'app2', '--yes', '--json', ...probe)
    const load = await wrk.stop()
    expect(drained).toMatchObject({ code: 0 })
    expect(whileOut).toEqual(['DRAIN', 'DRAIN'])
    expect(back).toMatchObject({ code: 0 })
    expect(printed(drained.stdout).probe?.total).toMatchObject({ lost: 0 })
    expect(printed(back.stdout).probe?.total).toMatchObject({ lost: 0 })
    expect(load).toMatchObject({ errors: 0, not2xx: 0 })
    expect(load.perSecond).toBeGreaterThanOrEqual(5000)
    expect(await shop.states('shop/app2')).toEqual(['UP', 'UP'])
  })

  test('given 50 busy clients / upgrade web1 from nginx 1.22 to 1.26 / loses no request of theirs, nor of the probe', async () => {
    const fresh = await lab.binary('nginx-1.26.3')
    const before = await webWorld(lab, 'web1')
    expect(before.answers).toContain('1.22.1')
    const wrk = await startWrk(lab, `${vip}/`)
    const { code, stdout } = await lab.zdt(
      ['upgrade-nginx', '--host', 'web1', '--binary', fresh, '--yes', '--json', '--probe', `${vip}/`],
      { timeout: 240_000 },
    )
    const load = await wrk.stop()
    const { probe } = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(probe.total).toMatchObject({ lost: 0 })
    expect(probe.total.answered).toBe(probe.total.sent)
    expect(load).toMatchObject({ errors: 0, not2xx: 0 })
    expect(load.perSecond).toBeGreaterThan(5000)
    const after = await webWorld(lab, 'web1')
    expect(after).toMatchObject({ masters: 1, workers: 2, leaving: 0, agreed: true })
    expect(after.answers).toContain('1.26.3')
    expect(after.sha256).not.toBe(before.sha256)
    expect(await seatStates(lab, 'web', 'web1')).toEqual(['UP', 'UP'])
  })
})
