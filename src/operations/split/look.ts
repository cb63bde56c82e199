import { readMaps, type MapEntry } from '../../daemons/haproxy/maps.ts'
import { parseMapText, rulesOf } from '../../daemons/haproxy/split-maps.ts'
import { parseSplitFile } from '../../daemons/nginx/split-file.ts'
import { readUpstreams } from '../../daemons/nginx/upstream/read.ts'
import { splitFile, splitMapFile } from '../../fleet/configurations.ts'
import type { Fleet, HaproxySpec, NginxSpec } from '../../fleet/fleet.ts'
import { poolNamed } from '../../fleet/selectors.ts'
import { mapsOf, rulesText, sameRules, type Rules, type SplitMap } from '../../lib/split-rules.ts'
import type { SplitSpec } from '../../fleet/splits.ts'
import { lookAtFiles, type LiveFile } from '../../hosts/config/look.ts'
import { NoSuchFile } from '../../hosts/errors.ts'
import type { Host, Hosts } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import type { Which } from '../../steps/config/reloaders/reloader.ts'
import { configInvalid } from '../upstreams/look.ts'

/** A split as one balancer has it. */
export interface SeenSplit {
  readonly host: HostName
  readonly which: Which
  /** By which clients are sent now. */
  readonly rules: Rules
  /** What is not as zdt leaves it, one line each. */
  readonly odd: readonly string[]
  readonly files: readonly { readonly file: LiveFile; readonly text: string; readonly map?: SplitMap }[]
  /** What HAProxy has in its memory; nginx has none. */
  readonly memory?: ReadonlyMap<SplitMap, readonly MapEntry[]>
}

/** The group that balances a split's pools. */
export function groupOf(
  fleet: Fleet,
  split: SplitSpec,
): { readonly kind: 'haproxy'; readonly group: HaproxySpec } | { readonly kind: 'nginx'; readonly group: NginxSpec } {
  const { balancer } = poolNamed(fleet, split.a)
  if (balancer.kind === 'haproxy') {
    const group = fleet.haproxy.get(balancer.name)
    if (group) return { kind: 'haproxy', group }
  } else {
    const group = fleet.nginx.get(balancer.name)
    if (group) return { kind: 'nginx', group }
  }
  throw new TypeError(`checked before, yet there is no ${balancer.kind}/${balancer.name}`)
}

/** Looks at a split on all its balancers, side by side. Throws NoSplit where one does not go by its files, and what hosts throw. */
export async function lookAtSplit(fleet: Fleet, hosts: Hosts, split: SplitSpec): Promise<SeenSplit[]> {
  const { group } = groupOf(fleet, split)
  return await Promise.all(group.hosts.map((host) => lookAtSplitOn(fleet, hosts, split, host)))
}

/** The same, on one of them. */
export async function lookAtSplitOn(fleet: Fleet, hosts: Hosts, split: SplitSpec, name: HostName): Promise<SeenSplit> {
  const found = groupOf(fleet, split)
  const host = await hosts.on(name)
  return found.kind === 'haproxy' ? await atHaproxy(host, found.group, split) : await atNginx(host, found.group, split)
}

async function atHaproxy(host: Host, group: HaproxySpec, split: SplitSpec): Promise<SeenSplit> {
  const { unit, socket, config } = group
  const maps = mapsOf(split)
  const paths = maps.map((map) => splitMapFile(group, split, map))
  const [live, texts, memory] = await Promise.all([
    lookAtFiles(host, [{ unit, paths }]),
    Promise.all(paths.map((path) => textOf(host, path))),
    readMaps(host, socket, paths),
  ])
  const files = maps.map((map, index) => {
    const [file, text, path = ''] = [live.get(unit)?.[index], texts[index], paths[index]]
    if (memory[index] === undefined)
      throw noSplit(host.name, 'haproxy', group, split, `HAProxy runs without the map ${path}`)
    if (!file || text === undefined) throw noSplit(host.name, 'haproxy', group, split, `there is no ${path}`)
    return { file, text, map, entries: memory[index] }
  })
  const { rules, odd } = rulesOf(new Map(files.map(({ map, entries }) => [map, entries])))
  const written = rulesOf(new Map(files.map(({ map, text }) => [map, parseMapText(text)]))).rules
  return {
    host: host.name,
    which: { daemon: 'haproxy', unit, group: group.name, config, socket },
    rules,
    odd: [
      ...(sameRules(rules, written)
        ? []
        : [`HAProxy on ${host.name} goes by what it was told, not by its files, which say ${rulesText(written)}`]),
      ...(odd === 0
        ? []
        : [`${odd} of the lines that HAProxy on ${host.name} has of ${split.name} say neither a nor b`]),
    ],
    files: files.map(({ file, text, map }) => ({ file, text, map })),
    memory: new Map(files.map(({ map, entries }) => [map, entries])),
  }
}

async function atNginx(host: Host, group: NginxSpec, split: SplitSpec): Promise<SeenSplit> {
  const { unit, config } = group
  const path = splitFile(group, split)
  const [read, live] = await Promise.all([
    readUpstreams(host, group, [path]),
    lookAtFiles(host, [{ unit, paths: [path] }]),
  ])
  if (read.files === undefined) throw configInvalid(host.name, group, read.said)
  const [text] = read.texts
  const file = live.get(unit)?.[0]
  if (!file || text === undefined) throw noSplit(host.name, 'nginx', group, split, `there is no ${path}`)
  if (!read.files.includes(path)) throw noSplit(host.name, 'nginx', group, split, `nginx does not read ${path}`)
  return {
    host: host.name,
    which: { daemon: 'nginx', unit, group: group.name, config },
    rules: parseSplitFile(split.name, text),
    odd: read.changed.map((one) =>
      one === path
        ? `nginx on ${host.name} has not read ${path} since it was changed: it still goes by what it said before`
        : `${one} on ${host.name} was changed after nginx had read it: a reload brings that live too`,
    ),
    files: [{ file, text }],
  }
}

/** Undefined where there is no such file. */
async function textOf(host: Host, path: string): Promise<string | undefined> {
  try {
    return (await host.read(path, { as: 'root' })).toString()
  } catch (error) {
    if (error instanceof NoSuchFile) return undefined
    throw error
  }
}

/** A balancer does not send clients by what zdt would change. */
function noSplit(
  host: HostName,
  kind: 'haproxy' | 'nginx',
  { name, config }: HaproxySpec | NginxSpec,
  split: SplitSpec,
  why: string,
): ZdtError {
  return new ZdtError(`${host} does not split ${split.a} and ${split.b}: ${why}`, {
    code: 'no-split',
    exit: 'refused',
    host,
    suggestions: [
      `zdt apply ${kind}/${name}   # where zdt writes ${config}`,
      `or put into ${config} what docs/splits.md has, and reload`,
    ],
  })
}
