import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { readingVersion } from '../daemons/reading-version.ts'
import { readMaps } from '../daemons/haproxy/maps.ts'
import { mapText } from '../daemons/haproxy/split-maps.ts'
import { configurationsOf, splitMapFile, splitsOf } from '../fleet/configurations.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Host, Hosts } from '../hosts/host.ts'
import { textAt } from '../hosts/text-at.ts'
import { mapsOf } from '../lib/split-rules.ts'
import { redact } from '../lib/redact.ts'
import type { Daemon, Rendered, RenderedFile } from '../lib/rendered.ts'
import type { HostName } from '../lib/types.ts'
import { renderFleet, type VersionOf } from './rendered.ts'

/** A file as it would be on a host, fit to be shown. */
export type ShownFile = {
  readonly host: HostName
  readonly daemon: Daemon
  readonly group: string
  readonly path: string
  readonly mode: string
  /** Its text; or where it was written to. */
  readonly content?: string
  readonly written?: string
}

export type RenderReport = { readonly files: readonly ShownFile[] }

export interface RenderOptions {
  /** Hosts and services; all where there is none. */
  readonly names: readonly string[]
  /** Versions to render for; of the others the hosts are asked. */
  readonly versions: Readonly<Partial<Record<Daemon, string>>>
  /** A directory to write to, `HOST/PATH`, with the secrets in it, for the user alone. */
  readonly out?: string | undefined
  readonly showSecrets: boolean
}

/** What the configurations would be. The hosts are asked for versions alone, and only where a template wants one. */
export async function render(
  fleet: Fleet,
  hosts: Hosts,
  { names, versions, out, showSecrets }: RenderOptions,
): Promise<RenderReport> {
  const versionOf: VersionOf = async (daemon, host) => versions[daemon] ?? (await versionOn(fleet, hosts)(daemon, host))
  const all = await renderFleet(fleet, names, { versionOf })
  const files: ShownFile[] = []
  for (const rendered of all) {
    for (const file of rendered.files) {
      const { host, daemon, group } = rendered
      const about = { host, daemon, group, path: file.path, mode: file.mode }
      if (out === undefined) files.push({ ...about, content: showSecrets ? file.content : shown(file, rendered) })
      else files.push({ ...about, written: await write(resolve(out), host, file) })
    }
  }
  return { files }
}

/** Asks the hosts for the versions of their daemons. */
export function versionOn(fleet: Fleet, hosts: Hosts): VersionOf {
  return async (daemon, name) => {
    const [found] = configurationsOf(fleet, [name, daemon])
    return await readingVersion(await hosts.on(name), daemon, found?.groups[0].unit ?? daemon)
  }
}

/** Asks the hosts what their files say; of a split's map what HAProxy goes by, where it runs with that map. */
export function liveTextOn(hosts: Hosts, fleet: Fleet): (host: HostName, path: string) => Promise<string | undefined> {
  return async (name, path) => {
    const host = await hosts.on(name)
    const told = await mapInMemory(fleet, host, path)
    if (told !== undefined) return told
    return await textAt(host, path)
  }
}

/** Undefined for all that is no map of a split, and where HAProxy cannot be asked. */
async function mapInMemory(fleet: Fleet, host: Host, path: string): Promise<string | undefined> {
  for (const group of fleet.haproxy.values()) {
    if (!group.hosts.includes(host.name)) continue
    const split = splitsOf(fleet, 'haproxy', group.name).find((one) =>
      mapsOf(one).some((map) => splitMapFile(group, one, map) === path),
    )
    if (!split) continue
    const maps = await readMaps(host, group.socket, [path]).catch(() => undefined)
    // A file that a running HAProxy does not go by is left over from another day.
    return maps && mapText(split.name, maps[0] ?? [])
  }
  return undefined
}

/** A file's text without its secrets. */
export function shown(file: RenderedFile, { secrets }: Pick<Rendered, 'secrets'>): string {
  return file.secret ? '‹secret›\n' : redact(file.content, secrets)
}

/** Whole or not at all, and readable for nobody else at any moment. */
async function write(directory: string, host: HostName, { path, content }: RenderedFile): Promise<string> {
  const target = join(directory, host, path)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  const temporary = `${target}.zdt-${process.pid}`
  await writeFile(temporary, content, { mode: 0o600, flush: true })
  await chmod(temporary, 0o600)
  await rename(temporary, target)
  return target
}
