import { expect, test, vi } from 'vitest'
import { describeOnLab, useLab } from '../support/lab.ts'
import { soon, useShop, vip } from '../support/shop.ts'
import { useVips } from '../support/vips.ts'

const address = 'fd77::100'

/** An instance of its own for the IPv6 address, beside the lab's. */
const withIPv6 = (conf: string) => `${conf}
vrrp_instance public6 {
${/vrrp_instance public \{([^]*)\}\s*$/
  .exec(conf)?.[1]
  ?.replace('virtual_router_id 51', 'virtual_router_id 52')
  .replace(/10\.77\.0\.100\/\d+/, `${address}/64`)}}
`

describeOnLab('zdt failover of an IPv6 address', () => {
  const shop = useShop(useLab())
  const vips = useVips(shop)

  const holders = async () => {
    const said = await Promise.all(
      ['lb1', 'lb2'].map((host) => shop.on(host, `ip -6 -o address show dev host0 to ${address}`)),
    )
    return ['lb1', 'lb2'].filter((_, index) => said[index] !== '')
  }

  test('given a websocket and a keep-alive client / failover, and back / asks by solicitation, and cuts nobody', async () => {
    await shop.configure((cfg) => cfg.replace('frontend public\n', 'frontend public\n    bind [::]:8086 v6only\n'))
    await vips.configure(withIPv6)
    await vi.waitFor(async () => expect(await holders()).toEqual(['lb1']), soon)
    const fleet = await shop.fleet((yaml) =>
      yaml.replace(
        'keepalived:\n',
        `keepalived:\n  six: { address: "${address}/64", hosts: [lb1, lb2], router_id: 52 }\n`,
      ),
    )
    const seen = await shop.zdt('vip', 'six', '--fleet', fleet)
    expect(seen.stdout).toMatch(/lb2 hears lb1 .*web1 hears lb1 /s)
    for (const [to, from] of [
      ['lb2', 'lb1'],
      ['lb1', 'lb2'],
    ] as const) {
      const url = `http://[${address}]:8086/shop`
      const websocket = await shop.anyClient('websocket', `${url}/live`)
      // Of the other instance, which the same track file moves along.
      const other = await shop.anyClient('websocket', `${vip}/shop/live`)
      const idle = await shop.anyClient('get', `${url}/`)
      const run = await vips.start('failover', 'six', '--yes', '--fleet', fleet)
      await run.said(new RegExp(`on ${from} any more … `))
      expect([await holders(), await vips.holders()]).toEqual([[to], [to]])
      websocket.write('say still here')
      await websocket.said(/^heard .*still here/m)
      await run.said(/10\.77\.0\.100 moves with it/)
      other.write('say so am I')
      await other.said(/^heard .*so am I/m)
      idle.write('again')
      await idle.said(/(answer 200 [^]*){2}/)
      for (const client of [websocket, other, idle]) client.write('close')
      for (const client of [websocket, other, idle]) expect((await client.ended).stdout).not.toContain('broken')
      expect(await run.ended).toMatchObject({ code: 0 })
      expect(await vips.leftovers()).not.toContain('zdt')
    }
  }, 240_000)
})
