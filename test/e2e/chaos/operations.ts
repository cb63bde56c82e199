import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labPaths } from '../../../src/lab/paths.ts'
import { sha256 } from '../../../src/lib/digest.ts'
import { fromOutside } from '../support/from-outside.ts'
import type { Lab } from '../support/lab.ts'
import { splitSet } from './splits.ts'
import { drainBehindNginx } from './upstreams.ts'
import { upgradeNginx, upgrades } from './upgrades.ts'
import { vips } from './vips.ts'
import { replaced, type World } from './world.ts'

/** An operation that chaos is made of. */
export interface Operation {
  readonly name: string
  /** As an operator would type it, without `zdt`. */
  argv(lab: Lab): Promise<readonly string[]>
  /** What is asked all the time, through the VIP. */
  readonly path: string
  /** Makes the lab one that it can begin in, where orders do not; harmless where it is. */
  readonly setUp?: (lab: Lab) => Promise<void>
  /** Told to both load balancers first, where the operation needs another world than the lab's own. */
  readonly orders?: readonly string[]
  /** The world that it begins in, made of the lab's own. */
  readonly before?: (own: World, lab: Lab) => World | Promise<World>
  /** The world that it leaves, made of the one it began in. */
  after(before: World, lab: Lab): Promise<World>
  /** The host whose network fails, where the moment is not about a host of its own. */
  readonly host: string
  /** Tried in the full form alone: it is a variant of another row, or its steps are those of others. */
  readonly deep?: true
}

/** Every operation that is put through chaos. A new one is one more row. */
export const operations: readonly Operation[] = [
  {
    name: 'drain',
    argv: () => Promise.resolve(['drain', 'app2']),
    path: '/shop/',
    after: (before) => Promise.resolve(seat(before, 'shop/app2', 'drain')),
    host: 'lb1',
  },
  {
    name: 'ready',
    argv: () => Promise.resolve(['ready', 'app2']),
    path: '/shop/',
    orders: ['set server shop/app2 state drain'],
    before: (own) => seat(own, 'shop/app2', 'drain'),
    after: (before) => Promise.resolve(seat(before, 'shop/app2', 'ready up')),
    host: 'lb2',
    deep: true,
  },
  {
    name: 'maint',
    argv: () => Promise.resolve(['maint', 'app2']),
    path: '/shop/',
    after: (before) => Promise.resolve(seat(before, 'shop/app2', 'maint')),
    host: 'lb1',
    deep: true,
  },
  {
    name: 'weight',
    argv: () => Promise.resolve(['weight', 'app2', '50%']),
    path: '/shop/',
    after: (before) => Promise.resolve(replaced(before, /( shop\/app2 .* weight) 100/, '$1 50')),
    host: 'lb2',
    deep: true,
  },
  drainBehindNginx,
  upgradeNginx,
  {
    name: 'apply',
    argv: async (lab) => ['apply', 'haproxy', '--accept-drift', '--fleet', await changedFleet(lab)],
    path: '/shop/',
    after: async (before, lab) => {
      const digests = await Promise.all(
        (['lb1', 'lb2'] as const).map(async (lb) => [lb, sha256((await configOf(lab, lb))[1])] as const),
      )
      return before
        .map((fact) => {
          const [, digest] =
            digests.find(([lb]) => fact.startsWith(`${lb} config `) && fact.endsWith(` ${haproxyCfg}`)) ?? []
          return digest === undefined ? fact : fact.replace(/[0-9a-f]{64}/, digest)
        })
        .toSorted()
    },
    host: 'lb1',
    deep: true,
  },
  splitSet,
  ...vips,
  ...upgrades,
  {
    name: 'rollout',
    argv: () => Promise.resolve(rollout),
    path: '/shop/',
    after: (before) => Promise.resolve(replaced(before, /^(app\d shop) 1\.0\.0/, '$1 2.0.0')),
    host: 'app1',
    deep: true,
  },
  {
    name: 'evacuate',
    argv: () => Promise.resolve(['evacuate', 'web1', '--timeout', '30s', 'true']),
    path: '/',
    after: (before) => Promise.resolve(before),
    host: 'web1',
    deep: true,
  },
  {
    name: 'canary',
    argv: () => Promise.resolve([...rollout, '--strategy', 'canary', '--shares', '20%,50%', '--samples', '5']),
    path: '/shop/',
    after: (before) => Promise.resolve(replaced(before, /^(app\d shop) 1\.0\.0/, '$1 2.0.0')),
    host: 'app1',
    deep: true,
  },
  {
    name: 'blue-green',
    argv: async (lab) => [...rollout, '--keep-old', '200ms', '--fleet', await colouredFleet(lab)],
    path: '/shop/',
    orders: ['set server shop/app2 state maint', 'set server shop/app3 state maint'],
    before: (own) => seat(seat(own, 'shop/app2', 'maint'), 'shop/app3', 'maint'),
    after: (before) => {
      const green = seat(seat(before, 'shop/app2', 'ready up'), 'shop/app3', 'ready up')
      return Promise.resolve(replaced(seat(green, 'shop/app1', 'maint'), /^(app[23] shop) 1\.0\.0/, '$1 2.0.0'))
    },
    host: 'app2',
    deep: true,
  },
]

const rollout = ['rollout', 'shop', '--to', '2.0.0', '--settle', '200ms', '--min-healthy', '200ms'] as const

const haproxyCfg = '/etc/haproxy/haproxy.cfg'

/** haproxy.cfg as the lab came up with it, and as it is to be. */
async function configOf(lab: Lab, lb: 'lb1' | 'lb2'): Promise<[string, string]> {
  const text = await fromOutside(lab, lb, `tar -xOf /root/was.tar ${haproxyCfg.slice(1)}`)
  return [text, text.replace('maxconn 8000', 'maxconn 9000')]
}

/** The lab's fleet, its shop in two colours. */
async function colouredFleet(lab: Lab): Promise<string> {
  const directory = join(tmpdir(), `zdt-chaos-colours-${lab.name}`)
  const yaml = await readFile(labPaths(lab.name).fleet, 'utf8')
  await mkdir(directory, { recursive: true })
  const colours = 'blue_green: { colours: { blue: [app1], green: [app2, app3] } }'
  await writeFile(
    join(directory, 'zdt.yaml'),
    yaml.replace('rollout:\n', `rollout:\n      strategy: blue-green\n      ${colours}\n`),
  )
  return join(directory, 'zdt.yaml')
}

/** The lab's fleet with one template, whose maxconn is another than what is live. */
async function changedFleet(lab: Lab): Promise<string> {
  const directory = join(tmpdir(), `zdt-chaos-fleet-${lab.name}`)
  const [, text] = await configOf(lab, 'lb1')
  const yaml = await readFile(labPaths(lab.name).fleet, 'utf8')
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'haproxy.cfg.hbs'), text.replaceAll('10.77.0.11:', '{{host.address}}:'))
  const named = yaml.replace('edge: { hosts: [lb1, lb2] }', 'edge: { hosts: [lb1, lb2], template: haproxy.cfg.hbs }')
  await writeFile(join(directory, 'zdt.yaml'), named)
  return join(directory, 'zdt.yaml')
}

/** The one called so. */
export function operationNamed(wanted: string): Operation {
  const one = operations.find(({ name }) => name === wanted)
  if (!one) throw new Error(`no operation is called ${wanted}`)
  return one
}

/** The world with a seat in another state, on both load balancers. */
function seat(world: World, name: string, state: string): World {
  return replaced(world, new RegExp(`^(lb\\d seat ${name} state) .*?( weight)`), `$1 ${state}$2`)
}
