import { expect, test } from 'vitest'
import type { Lab } from './lab.ts'
import { printed, useShop, vip, type Shop } from './shop.ts'
import { startWrk } from './wrk.ts'

/** The flags of a lab with them. */
export const twentyApps = ['--apps', '20'] as const

const numbers = Array.from({ length: 20 }, (_one, index) => index + 1)
const names = (from: number, to: number) => numbers.slice(from - 1, to).map((number) => `app${number}`)
const apps = names(1, 20)
const [blue, green] = [names(1, 10), names(11, 20)]

const strategies = [
  ['rolling', ''],
  ['canary', 'canary: { servers: 10%, shares: "10%, 50%", samples: 20 }'],
  ['blue-green', `blue_green: { colours: { blue: [${blue.join(', ')}], green: [${green.join(', ')}] }, keep_old: 2s }`],
] as const

/** A kind of balancer, and the pool that it has. */
interface Balanced {
  readonly pool: string
  /** The lab's zdt.yaml with the pool in it. */
  readonly fleet: (yaml: string) => string
  /** Takes these servers out, and no others, behind zdt's back. */
  readonly rest: (shop: Shop, servers: readonly string[]) => Promise<void>
  /** What it says of all servers. */
  readonly states: (shop: Shop) => Promise<readonly string[]>
}

/** Every strategy on a pool of twenty servers, there and back under load. */
export function twentyTests(lab: Lab, { pool, fleet, rest, states }: Balanced): void {
  const shop = useShop(lab)
  const versions = async () => {
    const all = new Set<string>()
    for (const app of apps) all.add(await shop.on(app, 'cat /etc/shop/version'))
    return all
  }

  test.each(strategies)(
    '%s, and back, under load: nothing is lost',
    async (strategy, spec) => {
      const file = await shop.fleet((yaml) =>
        spec === '' ? fleet(yaml) : fleet(yaml).replace('rollout:\n', `rollout:\n      ${spec}\n`),
      )
      const isColoured = strategy === 'blue-green'
      await rest(shop, isColoured ? green : [])
      const before = await states(shop)
      const url = `${vip}/${pool}/`
      const load = await startWrk(lab, url, 'paced')
      const zdt = async (...argv: string[]) =>
        await (
          await shop.start(...argv, '--yes', '--json', '--fleet', file, '--probe', url)
        ).ended
      const times = ['--batch', '25%', '--settle', '1s', '--min-healthy', '2s']
      const there = await zdt('rollout', pool, '--to', '2.0.0', '--strategy', strategy, ...times)
      expect(there.code, there.stderr).toBe(0)
      expect(printed(there.stdout)).toMatchObject({ ended: 'done', probe: { total: { lost: 0 } } })
      expect(await versions()).toEqual(new Set(isColoured ? ['1.0.0\n', '2.0.0\n'] : ['2.0.0\n']))

      const { run } = JSON.parse(there.stdout) as { run: string }
      const back = await zdt('rollback', run)
      expect(back.code, back.stderr).toBe(0)
      expect(printed(back.stdout).probe?.total).toMatchObject({ lost: 0 })
      expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
      expect(await versions()).toEqual(new Set(['1.0.0\n']))
      expect(await states(shop)).toEqual(before)
    },
    1_200_000,
  )
}

/** HAProxy's own pool of the lab. */
export const behindHaproxy: Balanced = {
  pool: 'shop',
  fleet: (yaml) => yaml,
  rest: (shop, servers) =>
    shop.orderBoth(...apps.map((app) => `set server shop/${app} state ${servers.includes(app) ? 'maint' : 'ready'}`)),
  // One after the other: the socket takes no forty connections at once.
  states: async (shop) => {
    const all: string[] = []
    for (const app of apps) all.push(...(await shop.states(`shop/${app}`)))
    return all
  },
}

const webs = ['web1', 'web2'] as const
const file = '/etc/nginx/upstreams/shop.conf'

/** The same servers, balanced by the lab's nginx alone. */
export const behindNginx: Balanced = {
  pool: 'cart',
  fleet: (yaml) =>
    yaml
      .replace(/^ {2}shop:$/m, '  cart:')
      .replace('balancer: haproxy/edge\n    backend: shop', 'balancer: nginx/web\n    backend: shop'),
  rest: async (shop, servers) => {
    const down = servers.map((app) => `-e 's/0.${20 + Number(app.slice(3))}:8080/& down/'`).join(' ')
    for (const web of webs)
      await shop.on(web, `sudo sed -i -e 's/ down//' ${down} ${file}; sudo systemctl reload nginx`)
  },
  states: (shop) => Promise.all(webs.map((web) => shop.on(web, `cat ${file}`))),
}
