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
  const kept = read.map(({ file, text }) => ({ path: join(dirname(fleet.file), file.template), text }))
  // All are looked at before one is written: an import that is refused leaves nothing.
  const missing = await Promise.all(kept.map(async (one) => !(await isThere(one))))
  for (const one of kept.filter((_, index) => missing[index])) await keep(one)
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

interface Kept {
  readonly path: string
  readonly text: string
}

/** False where nothing lies there. Throws where something else does. */
async function isThere({ path, text }: Kept): Promise<boolean> {
  const there = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw inTheWay(path, cause)
  })
  if (there !== undefined && there !== text) throw inTheWay(path, new Error('another text lies there'))
  return there !== undefined
}

async function keep({ path, text }: Kept): Promise<void> {
  await writeFile(path, text, { flag: 'wx', mode: 0o600 }).catch((cause: Error) => {
    throw inTheWay(path, cause)
  })
}

function inTheWay(path: string, cause: Error): ZdtError {
  return new ZdtError(`${path} cannot be written`, {
    code: 'template-there',
    exit: 'refused',
    said: cause.message,
    suggestions: [`move ${path} out of the way, then import again`],
    cause,
  })
}
