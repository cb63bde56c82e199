import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SplitsReport } from '../../../src/operations/split/report.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import { askFromOutside, fromOutside } from './from-outside.ts'
import type { Ended, Lab } from './lab.ts'
import { printed } from './shop.ts'
import { deep } from './wide.ts'
import { startWrk } from './wrk.ts'

/** Who balances the two pools, and where clients find it. */
interface Balanced {
  /** `haproxy/edge`, with its addresses. */
  readonly balancer: string
  readonly at: readonly string[]
  /** The hosts that have the files of the split. */
  readonly hosts: readonly string[]
  /** Of zdt.yaml: what its own templates need. */
  readonly fleet: (yaml: string) => string
  /** What all of it is asked by: the shop, through the VIP. */
  readonly url: string
}

const pools = (balancer: string, path: string) => `pools:
  one:
    balancer: ${balancer}
    servers: { app1: 10.77.0.21:8080, app2: 10.77.0.22:8080 }
    vars: { ${path} }
    rollout: &rollout
      deploy: [sudo, shop-deploy, '{version}']
      version: { path: /version }
      health: { path: /healthz }
      settle: 200ms
      min_healthy: 200ms
  two:
    balancer: ${balancer}
    servers: { app3: 10.77.0.23:8080 }
    min_available: 0
    rollout: *rollout
`

const splits = `splits:
  ab: { a: one, b: two, header: X-Shop, cookie: shop, share_by: { cookie: session } }
`

/** The pool of the lab's own, which has the same servers. */
const ownShop = /^ {2}shop:\n(?: {4}.*\n)+/m

export const behindHaproxy: Balanced = {
  balancer: 'haproxy/edge',
  at: ['10.77.0.11', '10.77.0.12'],
  hosts: ['lb1', 'lb2'],
  url: 'http://10.77.0.100/shop/',
  fleet: (yaml) =>
    yaml
      .replace('10.77.0.11 }', '10.77.0.11, vars: { bind: [10.77.0.11] } }')
      .replace('10.77.0.12 }', '10.77.0.12, vars: { bind: [10.77.0.12] } }')
      .replace('edge: { hosts: [lb1, lb2] }', 'edge: { hosts: [lb1, lb2], vars: { default_pool: web } }')
      .replace(ownShop, '')
      .replace('pools:\n', pools('haproxy/edge', 'paths: [/shop/], check: /healthz')),
}

export const behindNginx: Balanced = {
  balancer: 'nginx/web',
  at: ['10.77.0.13', '10.77.0.14'],
  hosts: ['web1', 'web2'],
  url: 'http://10.77.0.100/',
  fleet: (yaml) =>
    yaml
      .replace('web: { hosts: [web1, web2] }', 'web: { hosts: [web1, web2], vars: { default_pool: one } }')
      .replace(ownShop, '')
      .replace('pools:\n', pools('nginx/web', 'paths: [/]')),
}

/** The tests of A/B, the same for every balancer and version. */
export function splitTests(lab: Lab, { balancer, at, hosts, url, fleet }: Balanced): void {
  let directory = ''
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'zdt-split-'))
    const yaml = fleet(await readFile(labPaths(lab.name).fleet, 'utf8'))
    await writeFile(join(directory, 'zdt.yaml'), `${yaml}${splits}`)
    const { code, stderr } = await zdt('apply', balancer, '--accept-drift', '--yes')
    expect(code, stderr).toBe(0)
  }, 120_000)
  afterAll(() => rm(directory, { recursive: true, force: true }))

  const zdt = (...args: readonly string[]): Promise<Ended> =>
    lab.zdt(args, {
      env: { ZDT_FLEET: join(directory, 'zdt.yaml'), XDG_STATE_HOME: join(directory, 'state'), NO_COLOR: '1' },
      timeout: 240_000,
    })
  const set = (...args: readonly string[]) => zdt('split', 'set', 'ab', '--yes', '--json', ...args)
  const done = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await set('--probe', url, ...args)
    expect(code, stdout + stderr).toBe(0)
    expect(printed(stdout)).toMatchObject({ probe: { total: { lost: 0 } } })
  }
  /** Who answers each of these clients, by each balancer. */
  const answers = (clients: readonly string[]): Promise<string[][]> =>
    Promise.all(
      at.map(async (address) => {
        const lines = clients.map((header) => `curl -sm5 -H '${header}' http://${address}/shop/ || echo none`)
        const { stdout } = await lab.inLab(['sh', '-c', lines.join('\n')])
        return [...stdout.matchAll(/"(app\d)"|none|broken/g)].map(([said, app]) =>
          app === undefined ? said : app === 'app3' ? 'b' : 'a',
        )
      }),
    )
  /** The same, where all balancers say the same. */
  const answering = async (clients: readonly string[]): Promise<string[]> => {
    const [first = [], ...others] = await answers(clients)
    for (const other of others) expect(other).toEqual(first)
    return first
  }
  const sessions = Array.from({ length: 60 }, (_, index) => `Cookie: session=client-${index}`)
  /** The rules, without what the pools have answered. */
  const split = async () =>
    (await zdt('split')).stdout
      .replaceAll(/\s+/g, ' ')
      .replace(/ pool up answers .*?(?=⚠|✖|bring|$)/, ' ')
      .trim()

  test('a header, a cookie, a network and a share decide, under load, and nothing is lost', async () => {
    const load = await startWrk(lab, url, 'paced')
    expect(await answering(['X-Shop: beta', 'Cookie: shop=beta', ...sessions])).not.toContain('b')
    await done('--to-b', 'header=beta', '--to-b', 'cookie=Beta', '--to-a', 'cookie=old', '--share', '20%')
    expect(await answering(['X-Shop: Beta', 'Cookie: shop=beta', 'Cookie: shop=old', 'X-Shop: other'])).toEqual([
      'b',
      'b',
      'a',
      (await answering(['X-None: 1']))[0],
    ])
    const some = await answering(sessions)
    expect(new Set(some)).toEqual(new Set(['a', 'b']))
    await done('--share', '60%')
    const more = await answering(sessions)
    // Who was sent there stays there.
    expect(some.filter((one, index) => one === 'b' && more[index] !== 'b')).toEqual([])
    expect(more.filter((one) => one === 'b').length).toBeGreaterThan(some.filter((one) => one === 'b').length)
    // All clients of the test are in this network, but the header comes first.
    await done('--to-a', 'source=10.77.0.0/16', '--share', '100%')
    expect(new Set(await answering(sessions))).toEqual(new Set(['a']))
    expect(await answering(['X-Shop: beta'])).toEqual(['b'])
    expect(await split()).toContain('network: 10.77.0.0/16 → a share: 100 % of the others → b, by cookie session')
    await done('--all', 'b')
    expect(new Set(await answering(sessions))).toEqual(new Set(['b']))
    await done('--all', 'a')
    expect(new Set(await answering(['X-Shop: beta', ...sessions]))).toEqual(new Set(['a']))
    expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
  })

  test('it stays over an apply and a reload, and a rollback puts back what was found', async () => {
    await done('--to-b', 'header=beta', '--share', '0.5%')
    const said = await split()
    expect((await zdt('diff', balancer)).code).toBe(0)
    for (const host of hosts) expect((await zdt('reload', balancer, '--host', host, '--yes')).code).toBe(0)
    expect(await split()).toBe(said)
    expect(await answering(['X-Shop: beta'])).toEqual(['b'])
    const { stdout } = await zdt('split', 'set', 'ab', '--yes', '--all', 'b')
    const run = /zdt runs show (\w{6})/.exec(stdout)?.[1] ?? ''
    expect((await zdt('rollback', run, '--yes')).code).toBe(0)
    expect(await split()).toBe(said)
    expect(printed((await set('--share', '0.5%')).stdout)).toMatchObject({ ended: 'already' })
    await done('--all', 'a')
  })

  /** How many servers of `b` its balancers see serve. */
  const serving = async () => {
    const { splits } = JSON.parse((await zdt('split', '--json')).stdout) as SplitsReport
    return splits[0]?.pools.find(({ variant }) => variant === 'b')?.up
  }

  test('what would send clients nowhere is refused, and what means nothing', async () => {
    await fromOutside(lab, 'app3', 'systemctl stop shop')
    try {
      await expect.poll(serving).toBe(0)
      expect(printed((await set('--share', '10%')).stdout).error?.code).toBe('capacity')
      expect((await zdt('split', 'set', 'ab', '--yes', '--to-b', 'header=x')).stderr.replaceAll(/\s+/g, ' ')).toMatch(
        /sending clients to two: of two no server serves.*--allow-empty/,
      )
    } finally {
      await fromOutside(lab, 'app3', 'systemctl start shop')
      await expect.poll(serving).toBe(1)
    }
    expect((await zdt('split', 'set', 'ab')).stderr).toContain('say who is to be sent where')
    expect((await zdt('split', 'set', 'ab', '--share', '101%')).code).toBe(2)
    expect((await zdt('split', 'set', 'abc', '--all', 'a')).stderr).toContain('did you mean ab')
    expect(new Set(await answering(sessions))).toEqual(new Set(['a']))
  })

  deep('balancers that do not agree are not made to by chance', async () => {
    const [one = '', other = ''] = hosts
    await done('--to-b', 'header=beta')
    // As where one of them was down meanwhile.
    await fromOutside(
      lab,
      other,
      balancer.startsWith('haproxy')
        ? 'cd /etc/haproxy/splits && sed -i /^beta/d ab.header.map && systemctl reload haproxy'
        : `sed -i '/"beta"/d' /etc/nginx/splits/ab.conf && systemctl reload nginx`,
    )
    await expect.poll(async () => printed((await set('--share', '1%')).stdout).error?.code).toBe('splits-differ')
    expect(await split()).toContain(`zdt split set ab --like ${one}`)
    await done('--like', one, '--share', '1%')
    expect(await answering(['X-Shop: beta'])).toEqual(['b'])
    await done('--all', 'a')
  })

  test('a pool that clients are sent to is not emptied', async () => {
    await done('--share', '10%')
    const refused = await zdt('drain', 'two/app3', '--yes')
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('would leave two') as string })
    const rollout = await zdt('rollout', 'two', '--to', '2.0.0', '--yes')
    expect(rollout).toMatchObject({ code: 3, stderr: expect.stringContaining('would leave two') as string })
    await done('--all', 'a')
    expect(await zdt('drain', 'two/app3', '--yes')).toMatchObject({ code: 0 })
    expect(await zdt('ready', 'two/app3', '--yes')).toMatchObject({ code: 0 })
  })

  const atHaproxy = balancer.startsWith('haproxy') ? deep : test.skip
  atHaproxy(
    'what HAProxy goes by is kept: by an apply, where it was told by hand, and where a file is lost',
    async () => {
      await done('--to-b', 'header=beta', '--share', '20%')
      const told = 'set map /etc/haproxy/splits/ab.share.map share 4000'
      for (const host of hosts) {
        await askFromOutside(lab, host, '/run/haproxy/admin.sock', told)
        await fromOutside(lab, host, 'rm /etc/haproxy/splits/ab.header.map')
      }
      expect(await split()).toContain('share: 40 % of the others → b')
      const applied = await zdt('apply', balancer, '--accept-drift', '--yes')
      expect(applied.code, applied.stderr).toBe(0)
      for (const host of hosts) expect((await zdt('reload', balancer, '--host', host, '--yes')).code).toBe(0)
      expect(await split()).toContain('header x-shop: beta → b')
      expect(await split()).toContain('share: 40 % of the others → b')
      expect(await split()).not.toContain('⚠')
      await done('--all', 'a')
    },
  )

  atHaproxy(
    'everybody goes home while one of the load balancers does not run, and rules to a are no hindrance',
    async () => {
      const [, other = ''] = hosts
      await done('--to-b', 'header=beta', '--to-a', 'cookie=old', '--share', '20%')
      await fromOutside(lab, other, 'systemctl stop haproxy')
      await fromOutside(lab, 'app3', 'systemctl stop shop')
      try {
        const { code, stderr } = await zdt('split', 'set', 'ab', '--all', 'a', '--yes')
        expect(code, stderr).toBe(0)
      } finally {
        await fromOutside(lab, other, 'systemctl start haproxy')
        await fromOutside(lab, 'app3', 'systemctl start shop')
        await expect.poll(serving).toBe(1)
      }
      expect(await split()).toContain('share: 0 % of all → b')
      expect(new Set(await answering(sessions))).toEqual(new Set(['a']))
    },
  )

  deep('watched: clients of a version that answers errors are sent back, and a good one keeps them', async () => {
    const deploy = async (version: string) =>
      expect((await zdt('rollout', 'two', '--to', version, '--yes')).code).toBe(0)
    const watched = () => set('--share', '50%', '--watch', '5s', '--samples', '50', '--timeout', '30s')
    const asking = async (until: Promise<unknown>) => {
      const over = until.then(() => 'over')
      while ((await Promise.race([over, answers(sessions)])) !== 'over');
    }
    await deploy('2.0.0-errors')
    const bad = watched()
    await asking(bad)
    expect(await bad).toMatchObject({ code: 4 })
    expect(printed((await bad).stdout).error?.message).toMatch(/too many errors/)
    expect(new Set(await answering(sessions))).toEqual(new Set(['a']))
    await deploy('1.0.0')
    const good = watched()
    await asking(good)
    expect(await good).toMatchObject({ code: 0 })
    await done('--all', 'a')
  })

  test(
    'a whole A/B, by the runbook that zdt brings: both pools have the new version in the end, and nothing is lost',
    { timeout: 900_000 },
    async () => {
      const versions = () =>
        Promise.all(['app1', 'app2', 'app3'].map((app) => fromOutside(lab, app, 'cat /etc/shop/version')))
      const before = await versions()
      const load = await startWrk(lab, url, 'paced')
      const vars = ['split=ab', 'a=one', 'b=two', 'version=2.0.0', 'share=30%'].flatMap((one) => ['--var', one])
      const begun = await zdt('run', 'ab-test', ...vars, '--yes', '--probe', url)
      expect(begun.code, begun.stderr).toBe(5)
      expect(new Set(await answering(sessions))).toEqual(new Set(['a', 'b']))
      const run = /zdt resume (\w{6})/.exec(begun.stdout)?.[1] ?? ''
      const ended = await zdt('resume', run, '--yes', '--probe', url)
      expect(ended.code, ended.stdout + ended.stderr).toBe(0)
      expect((await versions()).map((text) => text.trim())).toEqual(['2.0.0', '2.0.0', '2.0.0'])
      expect(new Set(await answering(sessions))).toEqual(new Set(['a']))
      const back = await zdt('rollback', run, '--yes')
      expect(back.code, back.stdout + back.stderr).toBe(0)
      expect(await versions()).toEqual(before)
      expect(await load.stop()).toMatchObject({ errors: 0, not2xx: 0 })
    },
  )
}
