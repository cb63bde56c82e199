import type { Needed } from '../../daemons/haproxy/needs/change.ts'
import type { Host, Hosts } from '../../hosts/host.ts'
import { lookAtFiles, type LiveFile } from '../../hosts/config/look.ts'
import { diff, type Diff } from '../../lib/diff.ts'
import { sha256 } from '../../lib/digest.ts'
import type { Daemon, Rendered, RenderedFile } from '../../lib/rendered.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import type { AtRest } from './at-rest.ts'
import { isOpen, type OpenFile } from './open.ts'

/**
 * What lies on a host is not what zdt last wrote there: `edited` or `removed` by somebody since, or `foreign`: never written
 * by zdt at all; `linked`: a link, where zdt wrote a file. Not said of a file that is as it is to be.
 */
export type Drift = 'edited' | 'removed' | 'foreign' | 'linked'

/** A file that is not as it is to be. Plain data, with no secret in it. */
export type FileChange = {
  readonly path: string
  readonly live: string | null
  readonly wanted: string
  readonly drift: Drift | null
  /** Null where nothing of it may be shown. */
  readonly diff: Diff | null
}

/** One daemon's configuration on one host, beside what is to be there. Plain data, with no secret in it. */
export type ServiceChange = {
  readonly host: HostName
  readonly daemon: Daemon
  readonly group: string
  readonly unit: string
  /** Those that differ. */
  readonly files: readonly FileChange[]
  /** Files with a secret in them that everybody on the host may read, differing or not. */
  readonly open?: readonly OpenFile[]
  /** Of HAProxy, change by change, where that can be told: whether the runtime CLI can make it, or what it takes. */
  readonly needs?: readonly Needed[]
}

/** The same for the operations that change it. Holds both texts, secrets and all: never shown, never journaled. */
export interface Compared {
  readonly rendered: Rendered
  readonly change: ServiceChange
  /** Of HAProxy, servers that it brings and nobody is to be sent to yet. */
  readonly atRest?: readonly AtRest[]
  /** Every file, with what lies there; its text where it differs. */
  readonly files: readonly { readonly file: RenderedFile; readonly live: LiveFile; readonly text?: string }[]
}

/**
 * Compares configurations with what lies on their hosts: one round trip a host, and another for the texts that differ.
 * Throws what hosts throw.
 */
export async function compare(hosts: Hosts, rendered: readonly Rendered[]): Promise<Compared[]> {
  const names = [...new Set(rendered.map(({ host }) => host))]
  const compared = await Promise.all(
    names.map(async (name) => {
      const own = rendered.filter(({ host }) => host === name)
      const host = await hosts.on(name)
      const sets = own.map(({ unit, files }) => ({ unit, paths: files.map(({ path }) => path) }))
      const live = await lookAtFiles(host, sets)
      return Promise.all(own.map((one) => compareOne(host, one, live.get(one.unit) ?? [])))
    }),
  )
  const found = new Map(compared.flat().map((one) => [one.rendered, one]))
  return rendered.flatMap((one) => found.get(one) ?? [])
}

async function compareOne(host: Host, rendered: Rendered, all: readonly LiveFile[]): Promise<Compared> {
  const both = rendered.files.flatMap((file, index) => {
    const live = all[index]
    if (live?.odd !== undefined) throw new NoFile(host.name, file.path, live.odd)
    return live ? [{ file, live }] : []
  })
  const differing = await Promise.all(
    both
      .filter(({ file, live }) => live.sha256 !== sha256(file.content))
      .map(async ({ file, live }) => ({ file, live, text: await textOf(host, live) })),
  )
  const { daemon, group, unit, secrets } = rendered
  const open = both.flatMap(({ file, live: { mode } }) =>
    file.closed && mode !== null && isOpen(mode) ? [{ path: file.path, mode }] : [],
  )
  const files = differing.map(({ file, live, text }) => ({
    path: file.path,
    live: live.sha256,
    wanted: sha256(file.content),
    drift: driftOf(live),
    diff: file.secret ? null : diff(text, file.content, secrets, file.today),
  }))
  const texts = new Map(differing.map(({ file, text }) => [file, text]))
  const withTexts = both.map((one) => {
    const text = texts.get(one.file)
    return { ...one, ...(text !== undefined && { text }) }
  })
  return {
    rendered,
    files: withTexts,
    change: { host: host.name, daemon, group, unit, files, ...(open.length > 0 && { open }) },
  }
}

async function textOf(host: Host, { path, sha256: digest }: LiveFile): Promise<string> {
  return digest === null ? '' : (await host.read(path, { as: 'root' })).toString()
}

/** Of a file that is not as it is to be. */
export function driftOf({
  sha256: live,
  written,
  linked,
}: Pick<LiveFile, 'sha256' | 'written' | 'linked'>): Drift | null {
  if (linked) return 'linked'
  if (live === written) return null
  if (live === null) return 'removed'
  return written === null ? 'foreign' : 'edited'
}

/** Where a file is to be lies something else. */
export class NoFile extends ZdtError {
  constructor(host: HostName, path: string, kind: string) {
    super(`${host}: ${path} is to be a file, and a ${kind} lies there`, {
      code: 'not-a-file',
      exit: 'refused',
      host,
      suggestions: [`see what it is, and move it away: ls -la ${path}`],
    })
  }
}
