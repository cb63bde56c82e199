import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { labPaths } from '../../../src/lab/paths.ts'
import { fromOutside } from './from-outside.ts'
import type { Ended, Lab } from './lab.ts'
import { startInLab, type Running } from './running.ts'

/** A directory with zdt.yaml and the templates that `zdt import` made of the lab's own configurations. */
export interface TemplatedFleet {
  readonly directory: string
  zdt(...args: readonly string[]): Promise<Ended>
  /** zdt beside the test. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Running>
  /** Changes a file of the directory. Throws when that changes nothing. */
  edit(file: string, change: (text: string) => string): Promise<void>
  /** A line for root's shell on a host, without zdt's own ways. */
  root(host: string, line: string): Promise<string>
}

const files = { haproxy: 'haproxy-edge.cfg.hbs', nginx: 'nginx-web.conf.hbs', keepalived: 'keepalived-public.conf.hbs' }

/**
 * Imports lb1's and web1's configurations, puts a name or an address in the place of what differs from host to host, and
 * names the templates in zdt.yaml, as an operator would.
 */
export function useTemplates(lab: Lab): TemplatedFleet & { readonly files: typeof files } {
  let directory = ''
  const env = () => ({
    ZDT_FLEET: join(directory, 'zdt.yaml'),
    XDG_STATE_HOME: join(directory, 'state'),
    NO_COLOR: '1',
  })
  const fleet: TemplatedFleet & { readonly files: typeof files } = {
    files,
    get directory() {
      return directory
    },
    zdt: (...args) => lab.zdt(args, { env: env(), timeout: 240_000 }),
    start: (args, more) =>
      startInLab(lab, [join(labPaths(lab.name).bin, 'zdt'), ...args], { env: { ...env(), ...more }, timeout: 240_000 }),
    edit: async (file, change) => {
      const path = join(directory, file)
      const before = await readFile(path, 'utf8')
      const after = change(before)
      if (after === before) throw new Error(`nothing to change in ${file}`)
      // As editors do: another file takes its place.
      await writeFile(`${path}.new`, after)
      await rename(`${path}.new`, path)
    },
    root: (host, line) => fromOutside(lab, host, line),
  }
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'zdt-fleet-'))
    await writeFile(join(directory, 'zdt.yaml'), await readFile(labPaths(lab.name).fleet, 'utf8'))
    for (const host of ['lb1', 'web1']) {
      const { code, stderr } = await fleet.zdt('import', host)
      if (code !== 0) throw new Error(stderr)
    }
    await fleet.edit(files.haproxy, (text) => text.replaceAll('10.77.0.11:', '{{host.address}}:'))
    await fleet.edit(files.nginx, (text) => text.replaceAll('web1', '{{host.name}}'))
    await fleet.edit(files.keepalived, (text) =>
      text
        .replace('router_id lb1', 'router_id {{host.name}}')
        .replace(/state \w+/, 'state {{vars.state}}')
        .replace(/priority \d+$/m, 'priority {{vars.priority}}'),
    )
    await fleet.edit('zdt.yaml', (text) =>
      text
        .replace('10.77.0.11 }', '10.77.0.11, vars: { state: MASTER, priority: 150 } }')
        .replace('10.77.0.12 }', '10.77.0.12, vars: { state: BACKUP, priority: 100 } }')
        .replace('edge: { hosts: [lb1, lb2] }', `edge: { hosts: [lb1, lb2], template: ${files.haproxy} }`)
        .replace('web: { hosts: [web1, web2] }', `web: { hosts: [web1, web2], template: ${files.nginx} }`)
        .replace('router_id: 51 }', `router_id: 51, template: ${files.keepalived} }`),
    )
  }, 120_000)
  afterAll(async () => rm(directory, { recursive: true, force: true }))
  return fleet
}
