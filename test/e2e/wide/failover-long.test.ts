import { expect, test, vi } from 'vitest'
import { handOffNames } from '../../../src/daemons/linux/hand-off-names.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { soon, useShop, vip } from '../support/shop.ts'
import { useVips } from '../support/vips.ts'

describeOnLab('a hand-off that takes its time', () => {
  const shop = useShop(useLab())
  const vips = useVips(shop)

  test('given a websocket that outlives what was announced / waited on / the hosts keep it as long again', async () => {
    const { passOnTimer, keepOpenTimer } = handOffNames('10.77.0.100')
    const begun = async () => {
      const look = `systemctl show -p ActiveEnterTimestampMonotonic --value ${passOnTimer}.timer ${keepOpenTimer}.timer`
      const said = await Promise.all(['lb1', 'lb2'].map((host) => shop.on(host, look)))
      return said.join('\n').split('\n').filter(Boolean).map(Number)
    }
    const websocket = await shop.anyClient('websocket', `${vip}/shop/live`)
    const run = await vips.start('failover', 'public', '--yes', '--max-handoff', '2s', '--on-timeout', 'wait')
    await run.said(/on lb1 any more … /)
    const first = await begun()
    expect(first).toHaveLength(4)
    await run.said(/on lb1 any more ⚠ time is over[^]*on lb1 any more … /)
    await vi.waitFor(async () => {
      const now = await begun()
      expect(now.every((time, index) => time > (first[index] ?? 0))).toBe(true)
    }, soon)
    websocket.write('say still here')
    await websocket.said(/^heard .*still here/m)
    websocket.write('close')
    expect(await run.ended).toMatchObject({ code: 0 })
    expect(await vips.leftovers()).toBe('')
  }, 120_000)
})
