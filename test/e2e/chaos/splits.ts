import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labPaths } from '../../../src/lab/paths.ts'
import { sha256 } from '../../../src/lib/digest.ts'
import { fromOutside } from '../support/from-outside.ts'
import type { Lab } from '../support/lab.ts'
import type { Operation } from './operations.ts'
import type { World } from './world.ts'

const directory = '/etc/haproxy/splits'
const balancers = ['lb1', 'lb2'] as const
const comment = '# The split ab: changed by zdt split set ab, while HAProxy runs.\n'

/** What each map says before, and after. */
const maps = [
  ['header', '', 'beta b\n'],
  ['source', '', ''],
  ['share', 'share 0\n', 'share 5000\n'],
] as const

const lines = String.raw`    http-request set-var(txn.split_ab) req.fhdr(x-shop),lower,map_str(${directory}/ab.header.map)
    http-request set-var(txn.split_ab) src,map_ip(${directory}/ab.source.map) if !{ var(txn.split_ab) -m found }
    http-request set-var(txn.split_ab_share) str(share),map_str_int(${directory}/ab.share.map,0)
    http-request set-var(txn.split_ab) str(b) if !{ var(txn.split_ab) -m found } { src,xxh32(1),mod(10000),sub(txn.split_ab_share) -m int lt 0 }
    use_backend shop_never if { path_beg /shop/ } { var(txn.split_ab) -m str b }`

/** Other clients get another pool: two maps in HAProxy's memory, and their files. */
export const splitSet: Operation = {
  name: 'split',
  argv: async (lab) => ['split', 'set', 'ab', '--to-b', 'header=beta', '--share', '50%', '--fleet', await fleet(lab)],
  path: '/shop/',
  setUp: async (lab) => {
    for (const lb of balancers) if ((await mapsOn(lab, lb)) !== told(1)) await withMaps(lab, lb)
  },
  before: async (own, lab) => {
    const config = await Promise.all(
      balancers.map(async (lb) => (await fromOutside(lab, lb, 'sha256sum < /etc/haproxy/haproxy.cfg')).slice(0, 64)),
    )
    const others = own.map((fact) => {
      const lb = balancers.findIndex((one) => fact.startsWith(`${one} config `) && fact.endsWith('/haproxy.cfg'))
      return lb === -1 ? fact : fact.replace(/[0-9a-f]{64}/, config[lb] ?? '')
    })
    return withFacts(others, 1)
  },
  after: (before) =>
    Promise.resolve(
      withFacts(
        before.filter((fact) => !fact.includes(`${directory}/`)),
        2,
      ),
    ),
  host: 'lb1',
  deep: true,
}

/** What is true of the maps: their files, and HAProxy's memory. */
function withFacts(world: World, which: 1 | 2): World {
  const facts = balancers.flatMap((lb) =>
    maps.flatMap((map) => [
      `${lb} config ${sha256(comment + map[which])}  ${directory}/ab.${map[0]}.map`,
      ...map[which]
        .split('\n')
        .filter(Boolean)
        .map((line) => `${lb} map ${directory}/ab.${map[0]}.map ${line}`),
    ]),
  )
  return [...world, ...facts].toSorted()
}

/** All of their files, as one text. */
function told(which: 1 | 2): string {
  return maps.map((map) => comment + map[which]).join('')
}

function mapsOn(lab: Lab, lb: string): Promise<string> {
  const files = maps.map(([map]) => `${directory}/ab.${map}.map`).join(' ')
  return fromOutside(lab, lb, `cat ${files} 2>/dev/null; true`)
}

/** A haproxy.cfg that asks the maps, and the maps with everybody sent to `a`. */
async function withMaps(lab: Lab, lb: string): Promise<void> {
  const cfg = await fromOutside(lab, lb, 'tar -xOf /root/was.tar etc/haproxy/haproxy.cfg')
  const files = [
    ['/etc/haproxy/haproxy.cfg', cfg.replace('    use_backend shop if', `${lines}\n    use_backend shop if`)],
    ...maps.map(([map, before]) => [`${directory}/ab.${map}.map`, comment + before]),
  ]
  const put = files.map(
    ([path = '', text = '']) => `echo ${Buffer.from(text).toString('base64')} | base64 -d > ${path}`,
  )
  await fromOutside(lab, lb, ['set -e', `mkdir -p ${directory}`, ...put, 'systemctl restart haproxy'].join('\n'))
}

/** The lab's fleet, and a split between two backends of its HAProxy. */
async function fleet(lab: Lab): Promise<string> {
  const own = join(tmpdir(), `zdt-chaos-split-${lab.name}`)
  const yaml = await readFile(labPaths(lab.name).fleet, 'utf8')
  await mkdir(own, { recursive: true })
  const pool = `  never:
    balancer: haproxy/edge
    backend: shop_never
    servers: { app1: 10.77.0.21:8080, app2: 10.77.0.22:8080, app3: 10.77.0.23:8080 }
`
  const splits = 'splits:\n  ab: { a: shop, b: never, header: X-Shop }\n'
  await writeFile(join(own, 'zdt.yaml'), `${yaml.replace('pools:\n', `pools:\n${pool}`)}${splits}`)
  return join(own, 'zdt.yaml')
}
