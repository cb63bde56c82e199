import { NoRuntimeSocket } from '../../daemons/haproxy/errors.ts'
import { readMaps, type MapEntry } from '../../daemons/haproxy/maps.ts'
import { parseMapText, rulesOf } from '../../daemons/haproxy/split-maps.ts'
import { splitMapFile } from '../../fleet/configurations.ts'
import type { HaproxySpec } from '../../fleet/fleet.ts'
import type { SplitSpec } from '../../fleet/splits.ts'
import { lookAtFiles } from '../../hosts/config/look.ts'
import type { Host } from '../../hosts/host.ts'
import { textAt } from '../../hosts/text-at.ts'
import { mapsOf, rulesText, sameRules, type SplitMap } from '../../lib/split-rules.ts'
import type { Backends } from './files.ts'
import { noSplit, type SeenSplit } from './seen.ts'

/**
 * A split as one HAProxy has it: it goes by its memory, and by its files when it starts. Throws NoSplit where it has no such
 * maps, and what hosts throw.
 */
export async function atHaproxy(
  host: Host,
  group: HaproxySpec,
  split: SplitSpec,
  backends: Backends,
): Promise<SeenSplit> {
  const { unit, socket, config } = group
  const maps = mapsOf(split)
  const paths = maps.map((map) => splitMapFile(group, split, map))
  const [live, texts, memory, main] = await Promise.all([
    lookAtFiles(host, [{ unit, paths }]),
    Promise.all(paths.map((path) => textAt(host, path))),
    mapsIn(host, group, paths),
    textAt(host, config),
  ])
  const seen = maps.map((map, index) => {
    const [file, text = null, path = ''] = [live.get(unit)?.[index], texts[index], paths[index]]
    const entries = memory ? memory[index] : text === null ? undefined : parseMapText(text)
    if (entries === undefined || !file) {
      const why = memory ? `HAProxy runs without the map ${path}` : `HAProxy does not run, and there is no ${path}`
      throw noSplit(host.name, 'haproxy', group, split, why)
    }
    return { file, text, map, entries }
  })
  const own = new Map(seen.map(({ map, entries }) => [map, entries]))
  return {
    host: host.name,
    which: { daemon: 'haproxy', unit, group: group.name, config, socket },
    rules: rulesOf(own).rules,
    odd: memory
      ? oddOf(host, split, seen)
      : [`HAProxy on ${host.name} does not run: when it starts it goes by its files`],
    stale: staleIn(main ?? '', split, backends),
    files: seen.map(({ file, text, map }) => ({ file, text, map })),
    ...(memory && { memory: own }),
  }
}

interface Seen {
  readonly map: SplitMap
  readonly file: { readonly path: string }
  readonly text: string | null
  readonly entries: readonly MapEntry[]
}

/** Where its memory and its files are not what zdt leaves. */
function oddOf({ name }: Host, split: SplitSpec, maps: readonly Seen[]): string[] {
  const { rules, odd } = rulesOf(new Map(maps.map(({ map, entries }) => [map, entries])))
  // A file that is not there says nothing else.
  const written = rulesOf(
    new Map(maps.map(({ map, text, entries }) => [map, text === null ? entries : parseMapText(text)])),
  ).rules
  return [
    ...maps
      .filter(({ text }) => text === null)
      .map(({ file }) => `there is no ${file.path} on ${name}: HAProxy goes by its memory, and would not start again`),
    ...(sameRules(rules, written)
      ? []
      : [`HAProxy on ${name} goes by what it was told, not by its files, which say ${rulesText(written)}`]),
    ...(odd === 0 ? [] : [`${odd} of the lines that HAProxy on ${name} has of ${split.name} say neither a nor b`]),
  ]
}

/** Undefined where HAProxy does not run. */
async function mapsIn(host: Host, { socket, unit }: HaproxySpec, paths: readonly string[]) {
  try {
    return await readMaps(host, socket, paths)
  } catch (error) {
    if (!(error instanceof NoRuntimeSocket)) throw error
    const { code } = await host.run(['systemctl', 'is-active', '--quiet', '--', unit], { as: 'root' })
    if (code === 0) throw error
    return undefined
  }
}

/** What haproxy.cfg does not do of what zdt.yaml says. */
function staleIn(config: string, split: SplitSpec, backends: Backends): string[] {
  const own = config.split('\n').filter((line) => new RegExp(`\\bsplit_${split.name}\\b`).test(line))
  const sends = own.some((line) => line.trim().startsWith(`use_backend ${backends.b} `))
  const asks = (fetch: string, name: string) =>
    own.some((line) => line.toLowerCase().includes(`${fetch}(${name.toLowerCase()})`))
  return [
    ...(sends ? [] : [`sends nobody to ${backends.b} by it`]),
    ...(split.header === undefined || asks('hdr', split.header) ? [] : [`asks for no header ${split.header}`]),
    ...(split.cookie === undefined || asks('cook', split.cookie) ? [] : [`asks for no cookie ${split.cookie}`]),
  ]
}
