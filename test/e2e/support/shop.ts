import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { labPaths } from '../../../src/lab/paths.ts'
import { balancerOf, shellOn, type Balancer } from './balancer.ts'
import type { Ended, Lab } from './lab.ts'
import { startInLab, type Running } from './running.ts'

export const vip = 'http://10.77.0.100'
/** How long a condition is waited for, on a machine that is busy with everything else. */
export const soon = { timeout: 15_000, interval: 100 } as const
const apps = ['app1', 'app2', 'app3'] as const
const backends = ['shop', 'shop_never', 'shop_tcp'] as const
const liveClient = fileURLToPath(new URL('live-client.ts', import.meta.url))

/** The one JSON document that `--json` prints of a run, as far as tests read it. */
export interface Printed {
  readonly exit: number
  readonly ended: string
  readonly summary: string
  readonly error?: { readonly code: string; readonly message: string; readonly host?: string }
  readonly probe?: { readonly total: { readonly sent: number; readonly lost: number; readonly retried: number } }
}

export function printed(stdout: string): Printed {
  return JSON.parse(stdout) as Printed
}

/** What stays open to a server; see live-client.ts. */
type ClientKind = 'get' | 'websocket' | 'tcp'

/** The lab's shop, and the hands of an operator, a client and an adversary in it. All is put back after each test. */
export interface Shop {
  readonly lab: Lab
  readonly lb1: Balancer
  readonly lb2: Balancer
  /** zdt, to its end, with a journal directory of this file's own. */
  zdt(...args: readonly string[]): Promise<Ended>
  /** zdt, beside the test. */
  start(...args: readonly string[]): Promise<Running>
  /** HAProxy's word for a seat on lb1 and on lb2. */
  states(seat: string): Promise<[string, string]>
  /** What an operator can have set, on both: to show that nothing was touched. */
  settings(): Promise<string>
  /** A client that stays, on app2 unless said otherwise. */
  client(kind: ClientKind, url: string, on?: { readonly seat?: string; readonly by?: Balancer }): Promise<Running>
  /** A client that is sent wherever HAProxy likes. */
  anyClient(kind: ClientKind, url: string, localPort?: number): Promise<Running>
  /** Runs both load balancers with another haproxy.cfg, until the end of the test. */
  configure(edit: (cfg: string, lb: Balancer) => string, status?: string): Promise<void>
  /** A fleet file like the lab's, but edited. */
  fleet(edit: (yaml: string) => string): Promise<string>
  /** A shell line on an app or a load balancer. */
  on(host: string, line: string): Promise<string>
  /** Tells both load balancers, behind zdt's back. */
  orderBoth(...commands: readonly string[]): Promise<void>
  /** How many sessions lb1 and lb2 have given a seat since they started. */
  total(seat: string): Promise<number>
}

export function useShop(lab: Lab): Shop {
  const [lb1, lb2] = [balancerOf(lab, 'lb1', '10.77.0.11'), balancerOf(lab, 'lb2', '10.77.0.12')]
  const both = [lb1, lb2] as const
  const running = new Set<Running>()
  let home = ''
  let cfg = new Map<Balancer, string>()
  let configured = false
  const touched = new Set<string>()

  const up = async (balancer: Balancer, status = 'UP') =>
    await vi.waitFor(
      async () =>
        expect(await Promise.all(apps.map((app) => balancer.status(`shop/${app}`)))).toEqual(apps.map(() => status)),
      { timeout: 15_000, interval: 50 },
    )

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'zdt-e2e-'))
    cfg = new Map(await Promise.all(both.map(async (lb) => [lb, await lb.sh('cat /etc/haproxy/haproxy.cfg')] as const)))
    await Promise.all(both.map((lb) => up(lb)))
  }, 60_000)

  afterAll(async () => {
    for (const host of ['lb1', 'lb2', ...touched])
      await lab.inLab(['ssh', '-o', `ControlPath=/run/zdt/lab/${lab.name}/cm-%n`, '-O', 'exit', host])
    await rm(home, { recursive: true, force: true })
  })

  afterEach(async () => {
    for (const one of running) one.signal('SIGKILL')
    await Promise.all([...running].map(({ ended }) => ended))
    running.clear()
    const mend = 'sudo rm -f /run/shop/unhealthy /run/shop/agent; sudo systemctl start shop'
    const mended = [...touched].filter((host) => host.startsWith('app'))
    touched.clear()
    await Promise.all(mended.map((host) => shellOn(lab, host, mend)))
    // systemd has started it before it listens: told to be up by then, it would go down once more, in the next test.
    await Promise.all(mended.map((host) => vi.waitFor(() => answers(host), { timeout: 30_000, interval: 50 })))
    await Promise.all(both.map((lb) => (configured ? rewrite(lb, (text) => text) : reset(lb))))
    configured = false
    await Promise.all(both.map((lb) => up(lb)))
  }, 60_000)

  const answers = async (app: string) => {
    const { code } = await lab.inLab([
      'curl',
      '-fsm',
      '1',
      '-o',
      '/dev/null',
      `http://10.77.0.${20 + Number(app.slice(3))}:8080/healthz`,
    ])
    expect(code).toBe(0)
  }

  const rewrite = async (lb: Balancer, edit: (text: string) => string) => {
    const text = Buffer.from(edit(cfg.get(lb) ?? '')).toString('base64')
    await lb.sh(
      `echo ${text} | base64 -d | sudo tee /etc/haproxy/haproxy.cfg > /dev/null; sudo systemctl reset-failed haproxy; sudo systemctl restart haproxy`,
    )
  }

  const env = () => ({ XDG_STATE_HOME: home, NO_COLOR: '1' })
  const start = async (argv: readonly string[]) => {
    // Each is ended after its test; a busy machine may take long until then.
    const one = await startInLab(lab, argv, { env: env(), timeout: 900_000 })
    running.add(one)
    return one
  }
  const anyClient: Shop['anyClient'] = async (kind, url, localPort) => {
    const from = localPort === undefined ? [] : [String(localPort)]
    const client = await start([process.execPath, liveClient, kind, url, ...from])
    await client.said(/^open \d+$/m)
    return client
  }

  return {
    lab,
    lb1,
    lb2,
    zdt: (...args) => lab.zdt(args, { env: env(), timeout: 240_000 }),
    start: (...args) => start([join(labPaths(lab.name).bin, 'zdt'), ...args]),
    states: async (seat) => [await lb1.status(seat), await lb2.status(seat)],
    settings: async () => (await Promise.all(both.map((lb) => lb.settings()))).join('\n'),
    anyClient,
    client: async (kind, url, { seat = 'shop/app2', by = lb1 } = {}) => {
      const [backend = '', server = ''] = seat.split('/')
      const others = apps.filter((app) => app !== server)
      await by.order(...others.map((app) => `set server ${backend}/${app} state drain`))
      const before = Number((await by.stat(seat))['stot'])
      const client = await anyClient(kind, url)
      await vi.waitFor(async () => expect(Number((await by.stat(seat))['stot'])).toBeGreaterThan(before), {
        timeout: 5000,
      })
      await by.order(...others.map((app) => `set server ${backend}/${app} state ready`))
      return client
    },
    configure: async (edit, status) => {
      configured = true
      await Promise.all(both.map((lb) => rewrite(lb, (text) => edit(text, lb))))
      await Promise.all(both.map((lb) => up(lb, status)))
    },
    fleet: async (edit) => {
      const file = join(await mkdtemp(join(home, 'fleet-')), 'zdt.yaml')
      await writeFile(file, edit(await readFile(labPaths(lab.name).fleet, 'utf8')))
      return file
    },
    on: async (host, line) => {
      touched.add(host)
      return await shellOn(lab, host, line)
    },
    orderBoth: async (...commands) => {
      await Promise.all(both.map((lb) => lb.order(...commands)))
    },
    total: async (seat) => {
      const rows = await Promise.all(both.map((lb) => lb.stat(seat)))
      return rows.reduce((sum, row) => sum + Number(row['stot']), 0)
    },
  }
}

/** Undoes what an operator can have set at runtime. */
async function reset(lb: Balancer): Promise<void> {
  await lb.order(
    ...backends.flatMap((backend) =>
      apps.flatMap((app) => [
        `set server ${backend}/${app} health up`,
        `set server ${backend}/${app} state ready`,
        `set server ${backend}/${app} weight 100%`,
      ]),
    ),
  )
}
