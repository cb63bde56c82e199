import { expect, test, vi } from 'vitest'
import { describeOnLab, useLab } from '../support/lab.ts'
import type { Running } from '../support/running.ts'
import { soon, useShop } from '../support/shop.ts'
import { useVips } from '../support/vips.ts'

const [first, second] = ['10.77.0.100', '10.77.0.101'] as const
const port = 8086

/** The lab's instance once more, for the second address. */
const another = (conf: string) =>
  (/vrrp_instance public \{[^]*\n\}\s*$/.exec(conf)?.[0] ?? '')
    .replace('public', 'second')
    .replace('virtual_router_id 51', 'virtual_router_id 52')
    .replace(first, second)

const untracked = (conf: string) => conf.replaceAll(/\n +track_file \{\s+priority\s+\}/g, '')

/** Both instances in a sync group, which has the track file: a member's own would count as a fault. */
const synced = (conf: string) =>
  `vrrp_sync_group both {\n group { public\n second }\n track_file { priority }\n}\n${untracked(another(conf))}${untracked(conf)}`
    // A track file is defined before it is used.
    .replace(/^([^]*?)(vrrp_track_file [^]*?\n\}\n)/m, '$2$1')

/** The second with a file of its own, and at home on lb2. */
const apart = (conf: string, host: string) =>
  `${conf}
vrrp_track_file second {
    file /etc/keepalived/second
    weight 1
}
${another(conf)
  .replace(/track_file \{\s+priority/, 'track_file {\n        second')
  .replace(/priority \d+/, `priority ${host === 'lb2' ? 150 : 100}`)}`

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ')

describeOnLab('zdt failover where Keepalived has several VIPs', () => {
  const shop = useShop(useLab())
  const vips = useVips(shop)

  const begin = async (edit: (conf: string, host: string) => string) => {
    await shop.configure((cfg) => cfg.replace('frontend public\n', `frontend public\n    bind *:${port}\n`))
    // Adverts that come late on a busy machine would move a VIP by themselves.
    await vips.configure((conf, host) => edit(conf.replace('advert_int 0.1', 'advert_int 1'), host))
    return await shop.fleet((yaml) =>
      yaml.replace(
        'keepalived:\n',
        `keepalived:\n  second: { address: ${second}/16, hosts: [lb1, lb2], router_id: 52 }\n`,
      ),
    )
  }
  const held = async () => [await vips.holders(first), await vips.holders(second)]
  const holding = (...expected: readonly string[]) =>
    vi.waitFor(async () => expect((await held()).map(String)).toEqual(expected), soon)
  const connected = () =>
    Promise.all([first, second].map((one) => shop.anyClient('websocket', `http://${one}:${port}/shop/live`)))
  const allLive = async (clients: readonly Running[], text: string) => {
    for (const client of clients) client.write(`say ${text}`)
    await Promise.all(clients.map((client) => client.said(new RegExp(`^heard .*${text}`, 'm'))))
  }

  test.each([
    [
      'two addresses in one instance',
      (conf: string) => conf.replace(`${first}/16 dev host0`, `$&\n        ${second}/16 dev host0`),
      `${second} moves with it: one instance (public)`,
    ],
    [
      'two instances with one track file',
      (conf: string) => `${conf}\n${another(conf)}`,
      `${second} moves with it: the same track file`,
    ],
    ['a sync group', synced, `${second} moves with it: one sync group (both)`],
  ] as const)(
    '%s: both move, both are handed off, and the plan says so',
    async (_, edit, says) => {
      const fleet = await begin(edit)
      await holding('lb1', 'lb1')
      for (const [to, from] of [
        ['lb2', 'lb1'],
        ['lb1', 'lb2'],
      ] as const) {
        const clients = await connected()
        const run = await vips.start('failover', 'public', '--yes', '--fleet', fleet, '--probe', 'fleet', '--json')
        await run.said(new RegExp(`on ${from} any more … `))
        expect(oneLine(run.stderr())).toContain(says)
        await holding(to, to)
        await allLive(clients, `on ${to}`)
        for (const client of clients) client.write('close')
        const { code, stdout } = await run.ended
        expect(code, run.stderr()).toBe(0)
        expect(JSON.parse(stdout)).toMatchObject({ probe: { total: { lost: 0 } } })
        expect(await vips.leftovers()).toBe('')
      }
    },
    180_000,
  )

  test('instances with nothing in common, each at home on another host: each moves alone, and a second hand-off waits for the first', async () => {
    for (const host of ['lb1', 'lb2']) await shop.on(host, 'echo 0 | sudo tee /etc/keepalived/second')
    const fleet = await begin(apart)
    await holding('lb1', 'lb2')
    const clients = await connected()
    const run = await vips.start('failover', 'public', '--yes', '--fleet', fleet, '--max-handoff', '1s')
    await run.said(/on lb1 any more … /)
    await holding('lb2', 'lb2')
    // Left to end by itself, as its time is over: the hosts have its settings on loan until then.
    expect(await run.ended).toMatchObject({ code: 5 })
    const refused = await shop.zdt('failover', 'second', '--yes', '--fleet', fleet)
    expect(refused).toMatchObject({ code: 3 })
    expect(oneLine(refused.stderr)).toContain('a hand-off of another VIP is under way on lb1')
    await allLive(clients, 'all the while')
    for (const client of clients) client.write('close')
    await vi.waitFor(async () => expect(await vips.leftovers()).toBe(''), { timeout: 80_000, interval: 1000 })
    expect(await shop.zdt('failover', 'public', '--yes', '--fleet', fleet)).toMatchObject({ code: 0 })
    expect((await held()).map(String)).toEqual(['lb1', 'lb2'])
  }, 240_000)
})
