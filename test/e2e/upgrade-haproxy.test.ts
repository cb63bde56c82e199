import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/lib/digest.ts'
import { haproxyWorld } from './support/haproxy-world.ts'
import { useHaproxyUpgrade } from './support/haproxy-upgrade.ts'
import { describeOnLab, useLab } from './support/lab.ts'
import { isWide } from './support/wide.ts'
import { startWrk } from './support/wrk.ts'
import { printed, useShop } from './support/shop.ts'

describeOnLab('upgrade-haproxy', () => {
  const lab = useLab()
  const shop = useShop(lab)
  const { other, before, upgrade, dying } = useHaproxyUpgrade(lab)

  test.runIf(isWide)(
    '3.0 → 2.6 on the VIP’s holder, and rolled back: nobody notices, and what operators have set stays',
    async () => {
      await shop.lb1.order('set server shop/app2 state drain', 'set server shop/app3 weight 50')
      const was = await haproxyWorld(lab, 'lb1')
      const websocket = await shop.anyClient('websocket', 'http://10.77.0.100/shop/live')
      const load = await startWrk(lab, 'http://10.77.0.100/shop/')
      const { code, stdout } = await upgrade(other(), '--hold', '1s', '--probe', 'fleet', '--json')
      expect(printed(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
      expect(code).toBe(0)
      const digest = sha256(await readFile(other()))
      const { run } = JSON.parse(stdout) as { run: string }
      expect(await haproxyWorld(lab, 'lb1')).toEqual({
        ...was,
        binary: digest,
        runs: [digest, digest],
        files: ['/usr/sbin/haproxy', `/usr/sbin/haproxy.zdt-${run}`],
      })

      expect(await lab.zdt(['rollback', run, '--yes'], { timeout: 90_000 })).toMatchObject({ code: 0 })
      expect(await haproxyWorld(lab, 'lb1')).toEqual(was)
      expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      websocket.write('say still there')
      await websocket.said(/still there/)
      websocket.write('close')
    },
  )

  test.runIf(isWide)(
    'two of them by the name in zdt.yaml, one after the other; rolled back: nothing is lost',
    async () => {
      const both = () => Promise.all(['lb1', 'lb2'].map((host) => haproxyWorld(lab, host)))
      const was = await both()
      const load = await startWrk(lab, 'http://10.77.0.100/shop/')
      const argv = ['upgrade-haproxy', '--host', 'edge', '--in-place', '--binary', other(), '--hold', '1s', '--yes']
      const { code, stdout } = await lab.zdt([...argv, '--json', '--probe', 'fleet'], { timeout: 240_000 })
      expect(printed(stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
      expect(code).toBe(0)
      const digest = sha256(await readFile(other()))
      expect((await both()).map(({ binary, runs }) => [binary, ...runs])).toEqual(Array(2).fill(Array(3).fill(digest)))
      const { run } = JSON.parse(stdout) as { run: string }
      expect(await lab.zdt(['rollback', run, '--yes'], { timeout: 240_000 })).toMatchObject({ code: 0 })
      expect(await both()).toEqual(was)
      expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
    },
  )

  test('a binary that starts and dies (case 1), let through: the host puts the old one back', async () => {
    await shop.lb1.order('set server shop/app2 state drain')
    const was = await haproxyWorld(lab, 'lb1')
    const probe = ['--probe', 'http://10.77.0.11/healthz', '--json']
    const { code, stdout } = await upgrade(await dying(), '--without-trial', ...probe)
    expect(stdout).toContain('HAProxy died with the new binary')
    expect(code).toBe(4)
    expect(await haproxyWorld(lab, 'lb1')).toEqual(was)
    expect(printed(stdout).probe?.total.lost).toBeGreaterThan(0)
  })

  test('refused before anything is touched: on the VIP’s holder, of which nobody said --in-place; where a reload would find no program', async () => {
    const refused = async (sentence: RegExp, host: string) => {
      const { code, stderr } = await lab.zdt(['upgrade-haproxy', '--host', host, '--binary', other(), '--yes'])
      expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(sentence)
      expect(code).toBe(3)
      expect(stderr).toContain('Nothing was changed.')
    }
    await refused(/lb1 holds 10\.77\.0\.100.* zdt failover public/, 'lb1')
    await shop.on('lb2', 'sudo chmod -x /usr/sbin/haproxy')
    await refused(/may not be executed/, 'lb2')
    await shop.on('lb2', 'sudo chmod 755 /usr/sbin/haproxy')
    expect(await haproxyWorld(lab, 'lb1')).toEqual(before())
  })
})
