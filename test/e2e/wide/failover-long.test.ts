import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { handOffNames } from '../../../src/daemons/linux/hand-off-names.ts'
import { describeOnLab, useLab } from '../support/lab.ts'
import { startInLab } from '../support/running.ts'
import { printed, soon, useShop, vip } from '../support/shop.ts'
import { useVips } from '../support/vips.ts'

const liveClient = fileURLToPath(new URL('../support/live-client.ts', import.meta.url))
const minute = 60_000

describeOnLab('a hand-off that takes its time', () => {
  const lab = useLab()
  const shop = useShop(lab)
  const vips = useVips(shop)

  /** One that is not killed after a minute. */
  const client = async (kind: string, path: string) => {
    const one = await startInLab(lab, [process.execPath, liveClient, kind, `${vip}${path}`], { timeout: 3 * minute })
    await one.said(/^open /m)
    return one
  }

  test(
    'given a download of a minute, a websocket and a long poll / failover / all come to their end, and nothing is lost',
    async () => {
      const [websocket, poll, download] = await Promise.all([
        client('websocket', '/shop/live'),
        client('get', `/shop/poll?ms=${minute}`),
        client('get', `/shop/download?bytes=6000000&ms=${minute}`),
      ])
      const run = await vips.start('failover', 'public', '--yes', '--json', '--probe', 'fleet')
      await run.said(/on lb1 any more … /)
      expect(await vips.holders()).toEqual(['lb2'])
      websocket.write('say in the middle')
      await websocket.said(/^heard .*in the middle/m)
      await Promise.all([poll.said(/^answer 200 "[^"]*news/m), download.said(/^answer 200 /m)])
      websocket.write('say at the end')
      await websocket.said(/^heard .*at the end/m)
      for (const one of [websocket, poll, download]) one.write('close')
      const ended = await Promise.all([websocket, poll, download].map((one) => one.ended))
      expect(ended.map(({ stdout }) => stdout).join()).not.toContain('broken')
      const { code, stdout } = await run.ended
      expect(code, run.stderr()).toBe(0)
      expect(printed(stdout).probe?.total).toMatchObject({ lost: 0 })
    },
    4 * minute,
  )

  test(
    'given a websocket that outlives what was announced / waited on / the hosts keep it as long again',
    async () => {
      const { passOnTimer, keepOpenTimer } = handOffNames('10.77.0.100')
      const begun = async () => {
        const look = `systemctl show -p ActiveEnterTimestampMonotonic --value ${passOnTimer}.timer ${keepOpenTimer}.timer`
        const said = await Promise.all(['lb1', 'lb2'].map((host) => shop.on(host, look)))
        return said.join('\n').split('\n').filter(Boolean).map(Number)
      }
      const websocket = await client('websocket', '/shop/live')
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
    },
    2 * minute,
  )
})
