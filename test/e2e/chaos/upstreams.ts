import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labPaths } from '../../../src/lab/paths.ts'
import { sha256 } from '../../../src/lib/digest.ts'
import { fromOutside } from '../support/from-outside.ts'
import type { Lab } from '../support/lab.ts'
import type { Operation } from './operations.ts'

const file = 'etc/nginx/upstreams/shop.conf'
const webs = ['web1', 'web2'] as const

/** A server behind nginx is drained: a file on every web host, and a reload of each. */
export const drainBehindNginx: Operation = {
  name: 'upstream drain',
  argv: async (lab) => ['drain', 'app2', '--fleet', await fleet(lab)],
  // HAProxy keeps /shop/ to itself.
  path: '/cart/',
  after: async (before, lab) => {
    const digests = await Promise.all(
      webs.map(async (web) => {
        const text = await fromOutside(lab, web, `tar -xOf /root/was.tar ${file}`)
        return [web, sha256(text.replace('10.77.0.22:8080 weight=100;', '10.77.0.22:8080 weight=100 down;'))] as const
      }),
    )
    return before
      .map((fact) => {
        const [, digest] =
          digests.find(([web]) => fact.startsWith(`${web} config `) && fact.endsWith(` /${file}`)) ?? []
        return digest === undefined ? fact : fact.replace(/[0-9a-f]{64}/, digest)
      })
      .toSorted()
  },
  host: 'web1',
  deep: true,
}

/** The lab's fleet, its shop behind nginx alone. */
async function fleet(lab: Lab): Promise<string> {
  const directory = join(tmpdir(), `zdt-chaos-upstream-${lab.name}`)
  const yaml = await readFile(labPaths(lab.name).fleet, 'utf8')
  await mkdir(directory, { recursive: true })
  const path = join(directory, 'zdt.yaml')
  const behind = yaml.replace(
    '    balancer: haproxy/edge\n    backend: shop\n',
    '    balancer: nginx/web\n    backend: shop\n',
  )
  await writeFile(path, behind)
  return path
}
