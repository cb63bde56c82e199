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

  test('given a client whose port was known at lb1 and belongs to a connection of lb2 now / rolled back / it is not cut', async () => {
    const port = 31_007
    const stays = await shop.anyClient('websocket', `${vip}/shop/live`)
    // Once told, lb1 closes with its answer, so that the client's port is free at once.
    const ends = await shop.anyClient('get', `${vip}/shop/`, port)
    const run = await shop.start('failover', 'public', '--yes')
    await run.said(/on lb1 any more … /)
    ends.write('again')
    await ends.said(/^closed/m)
    const fresh = await shop.anyClient('websocket', `${vip}/shop/live`, port)
    run.signal('SIGKILL')
    await run.ended
    const id = /run ([0-9A-Z]{6})/.exec(run.stdout() + run.stderr())?.[1] ?? ''
    const back = await shop.start('rollback', id, '--yes', '--wait-for-lock', '60s')
    await vi.waitFor(async () => expect(await vips.holders()).toEqual(['lb1']), { timeout: 60_000, interval: 200 })
    for (const client of [stays, fresh]) {
      client.write('say still here')
      await client.said(/^(heard .*still here|broken)/m)
      expect(client.stdout()).not.toContain('broken')
      client.write('close')
    }
    const { code, stderr } = await back.ended
    expect(code, stderr).toBe(0)
    expect(await vips.leftovers()).toBe('')
  }, 180_000)
})
