import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { configurationsOf, type Configuration } from '../../fleet/configurations.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { hostNamed } from '../../fleet/selectors.ts'
import type { Host, Hosts } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { Daemon } from '../../lib/rendered.ts'
import type { HostName } from '../../lib/types.ts'
import { verbatim } from '../../render/verbatim.ts'

/** A daemon's main file, taken over as a template. */
export type ImportedFile = {
  readonly daemon: Daemon
  readonly group: string
  /** On the host. */
  readonly path: string
  /** The template, from the directory of zdt.yaml. */
  readonly template: string
  /** False where zdt.yaml does not name it yet. */
  readonly named: boolean
  /** It did not end with a line end; what is rendered does. */
  readonly lineEndAdded: boolean
  /** What it reads beside itself, which was not taken over. */
  readonly includes: readonly string[]
}

/** What `zdt import` did. */
export type Imported = { readonly host: HostName; readonly fleet: string; readonly files: readonly ImportedFile[] }

const endings: { readonly [daemon in Daemon]: string } = { haproxy: 'cfg', nginx: 'conf', keepalived: 'conf' }

/**
 * Takes a host's configurations, as they lie there, for templates beside zdt.yaml. Touches nothing on the host, and goes over
 * no file here. Throws UnknownName, TemplateThere, NoText, NoSuchFile, and what hosts throw.
 */
export async function importHost(fleet: Fleet, hosts: Hosts, name: string): Promise<Imported> {
  const { name: host } = hostNamed(fleet, name)
  const configurations = configurationsOf(fleet, [host])
  if (configurations.length === 0) {
    throw new ZdtError(`${fleet.file} has no daemon on ${host}`, {
      code: 'nothing-to-import',
      exit: 'usage',
      suggestions: [`add ${host} to a group under haproxy:, nginx: or keepalived:`],
    })
  }
  const on = await hosts.on(host)
  const read = await Promise.all(configurations.map((one) => readOne(on, one)))
  for (const { file, text } of read) await keep(join(dirname(fleet.file), file.template), text)
  return { host, fleet: relative(process.cwd(), fleet.file), files: read.map(({ file }) => file) }
}

async function readOne(host: Host, { daemon, groups }: Configuration) {
  const [{ name: group, config: path, template: named }] = groups
  const bytes = await host.read(path, { as: 'root' })
  const text = textIn(bytes, `${host.name}: ${path}`)
  const file: ImportedFile = {
    daemon,
    group,
    path,
    template: named ?? `${daemon}-${group}.${endings[daemon]}.hbs`,
    named: named !== undefined,
    lineEndAdded: text !== '' && !text.endsWith('\n'),
    includes: includesIn(text),
  }
  return { file, text: verbatim(text) }
}

function textIn(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new ZdtError(`${what} is not UTF-8 text, and a template must be`, { code: 'no-text', exit: 'refused', cause })
  }
}

/** nginx's and Keepalived's `include`. */
function includesIn(text: string): string[] {
  return [...text.matchAll(/^\s*include\s+([^\s;#]+)/gm)].map(([, path = '']) => path)
}

async function keep(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new ZdtError(`${path} cannot be written`, {
      code: 'template-there',
      exit: 'refused',
      said,
      suggestions: [`move ${path} out of the way, then import again`],
      cause,
    })
  }
}
