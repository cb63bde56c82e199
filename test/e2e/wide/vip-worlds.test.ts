import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { describeOnLab, useLab } from '../support/lab.ts'
import { startInLab, type Running } from '../support/running.ts'
import { printed, soon, useShop, vip } from '../support/shop.ts'
import { useVips } from '../support/vips.ts'
import { fleetWithIPv6, six, takingIPv6, worlds } from '../support/vrrp.ts'
import { startWrk } from '../support/wrk.ts'

const families = [vip, six.url] as const
const minute = 60_000
const program = (name: string) => [process.execPath, fileURLToPath(new URL(`../support/${name}.ts`, import.meta.url))]

describeOnLab('an IPv4 and an IPv6 address under every kind of traffic', () => {
  const lab = useLab()
  const shop = useShop(lab)
  const vips = useVips(shop)

  const both = async () => {
    const said = await Promise.all(
      ['lb1', 'lb2'].map((host) => shop.on(host, `ip -6 -o address show dev host0 to ${six.address}`)),
    )
    return [await vips.holders(), ['lb1', 'lb2'].filter((_, index) => said[index] !== '')]
  }

  const begin = async (edit: (conf: string, host: string) => string) => {
    await shop.configure(takingIPv6)
    await vips.configure(edit)
    await vi.waitFor(async () => expect(await both()).toEqual([['lb1'], ['lb1']]), soon)
    return await shop.fleet(fleetWithIPv6)
  }

  /** A websocket, and a long poll and a download that take so long, of either address. */
  const clients = async (ms: number) => {
    const kinds = [
      ['websocket', 'live'],
      ['get', `poll?ms=${ms}`],
      ['get', `download?bytes=${ms * 100}&ms=${ms}`],
    ] as const
    return await Promise.all(
      families.flatMap((base) =>
        kinds.map(async ([kind, path]) => {
          const argv = [...program('live-client'), kind, `${base}/shop/${path}`]
          const client = await startInLab(lab, argv, { timeout: 4 * minute })
          await client.said(/^open /m)
          return { kind, client }
        }),
      ),
    )
  }

  /** Waits until they have what they wait for, and lets go; the websockets talk until then. */
  const letEnd = async (all: readonly { readonly kind: string; readonly client: Running }[]) => {
    const talk = async (client: Running, text: string) => {
      client.write(`say ${text}`)
      await client.said(new RegExp(`^heard .*${text}`, 'm'))
    }
    const websockets = all.filter(({ kind }) => kind === 'websocket').map(({ client }) => client)
    await Promise.all(websockets.map((client) => talk(client, 'in the middle')))
    await Promise.all(all.filter(({ kind }) => kind === 'get').map(({ client }) => client.said(/^answer 200 /m)))
    await Promise.all(websockets.map((client) => talk(client, 'at the end')))
    for (const { client } of all) client.write('close')
    const ended = await Promise.all(all.map(({ client }) => client.ended))
    expect(ended.map(({ stdout }) => stdout).join()).not.toContain('broken')
  }

  /** wrk on both addresses and a probe on the IPv6 one: that on the other is zdt's own. */
  const load = async () => {
    const wrks = await Promise.all(families.map((base) => startWrk(lab, `${base}/shop/`)))
    const prober = await startInLab(lab, [...program('prober'), `${families[1]}/shop/`], { timeout: 5 * minute })
    await prober.said(/^probing$/m)
    return async () => {
      for (const wrk of wrks) expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      prober.end()
      const { stdout } = await prober.ended
      expect(JSON.parse(stdout.replace('probing\n', ''))).toMatchObject({ lost: 0 })
    }
  }

  const zdt = (fleet: string, ...argv: readonly string[]) =>
    vips.start(...argv.slice(0, 2), '--yes', '--json', '--probe', 'fleet', '--fleet', fleet, ...argv.slice(2))

  const done = async (run: Running) => {
    const { code, stdout } = await run.ended
    expect(code, run.stderr()).toBe(0)
    expect(printed(stdout).probe?.total).toMatchObject({ lost: 0 })
    expect(await vips.leftovers()).toBe('')
  }

  test.each(worlds)(
    'given %s / failover, and failback / nobody is cut, and nothing lost',
    async (_, edit) => {
      const fleet = await begin(edit)
      const seen = await shop.zdt('vip', 'six', '--fleet', fleet)
      expect(seen.stdout).toMatch(/lb2 hears lb1 .*web1 hears lb1 /s)
      for (const [operation, to, from] of [
        ['failover', 'lb2', 'lb1'],
        ['failback', 'lb1', 'lb2'],
      ] as const) {
        const all = await clients(minute)
        const stop = await load()
        const run = await zdt(fleet, operation, 'public')
        await run.said(/fd77::100 moves with it/)
        await run.said(new RegExp(`on ${from} any more … `))
        expect(await both()).toEqual([[to], [to]])
        await letEnd(all)
        await done(run)
        expect(await both()).toEqual([[to], [to]])
        await stop()
      }
    },
    6 * minute,
  )

  test.each(worlds)(
    'given %s / evacuate lb1 -- sudo reboot / nobody is cut, and nothing lost, there and back',
    async (_, edit) => {
      const fleet = await begin(edit)
      const boot = () => shop.on('lb1', 'cat /proc/sys/kernel/random/boot_id')
      const before = await boot()
      const all = await clients(minute)
      const stop = await load()
      const run = await zdt(fleet, 'evacuate', 'lb1', '--', 'sudo', 'reboot')
      await run.said(/on lb1 any more … /)
      expect(await both()).toEqual([['lb2'], ['lb2']])
      await letEnd(all)
      const others = await clients(minute / 2)
      await run.said(/was booted anew/)
      await run.said(/on lb2 any more … /)
      expect(await both()).toEqual([['lb1'], ['lb1']])
      await letEnd(others)
      await done(run)
      expect(await boot()).not.toBe(before)
      expect(await both()).toEqual([['lb1'], ['lb1']])
      await stop()
    },
    6 * minute,
  )
})
