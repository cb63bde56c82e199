import { FileRefused } from '../errors.ts'
import type { Host, RunOptions } from '../host.ts'
import { unitDirectory } from './places.ts'

/** One unit's configuration, by its files' paths on the host. */
export type FileSet = { readonly unit: string; readonly paths: readonly string[] }

/** A file as it lies on the host. Plain data. */
export type LiveFile = {
  readonly path: string
  /** Where it really lies: links followed. */
  readonly target: string
  /** In hex; null when there is none. */
  readonly sha256: string | null
  /** Its permissions, in octal; null when there is none. */
  readonly mode: string | null
  /** What lies there is no file: `directory`. */
  readonly odd?: string
  /** What lies there is a link, where zdt last wrote a file. */
  readonly linked?: true
  /** The digest that zdt last wrote there; null when it never did. */
  readonly written: string | null
}

/** One round trip, whatever the number of files. `written` is sha256sum's own format. */
const script = String.raw`
units=$1; shift
while [ "$units" -gt 0 ]; do
  printf '@unit %s\n' "$1"
  [ ! -f "$2/written" ] || cat -- "$2/written"
  shift 2; units=$((units - 1))
done
for path; do [ ! -L "$path" ] || printf '@link %s\n@to %s\n' "$path" "$(readlink -m -- "$path")"; done
[ $# -eq 0 ] || stat -L -c '@is %a|%F|%n' -- "$@" 2>/dev/null
echo '@live'
[ $# -eq 0 ] || sha256sum -- "$@" 2>/dev/null
echo '@end'
`

/** The command that looks at whole configurations. */
export function lookCommand(sets: readonly FileSet[]): readonly string[] {
  const units = sets.filter(({ unit }) => unit !== '').flatMap(({ unit }) => [unit, unitDirectory(unit)])
  const paths = [...new Set(sets.flatMap((set) => set.paths))]
  return ['sh', '-c', script, 'zdt-config', String(units.length / 2), ...units, ...paths]
}

/** What a host says of files: by unit what zdt last wrote, the digests of what lies there, and where links lead. */
interface Looked {
  readonly written: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly live: ReadonlyMap<string, string>
  readonly links: ReadonlyMap<string, string>
  readonly are: ReadonlyMap<string, { readonly mode: string; readonly kind: string }>
}

/** Reads the answer. Undefined when it was cut short. */
export function parseLook(answer: string): Looked | undefined {
  const lines = answer.split('\n')
  if (lines.at(-2) !== '@end') return undefined
  const written = new Map<string, Map<string, string>>()
  const live = new Map<string, string>()
  const links = new Map<string, string>()
  const are = new Map<string, { mode: string; kind: string }>()
  let into = live
  let link = ''
  for (const line of lines) {
    const [, word = '', rest = ''] = /^@(unit|link|to|live)(?: (.*))?$/.exec(line) ?? []
    if (word === 'unit') written.set(rest, (into = new Map()))
    else if (word === 'live') into = live
    else if (word === 'link') link = rest
    else if (word === 'to') links.set(link, rest)
    const [, mode, kind, thing] = /^@is (\d+)\|([^|]*)\|(.*)$/.exec(line) ?? []
    if (mode !== undefined && kind !== undefined && thing !== undefined) are.set(thing, { mode, kind })
    const [, digest, path] = /^([0-9a-f]{64}) [ *](.*)$/.exec(line) ?? []
    if (digest !== undefined && path !== undefined) into.set(path, digest)
  }
  return { written, live, links, are }
}

/**
 * What lies on a host of several configurations, by their units, and what zdt last wrote there. Throws FileRefused, and
 * what Host.run throws.
 */
export async function lookAtFiles(
  host: Host,
  sets: readonly FileSet[],
  options?: Pick<RunOptions, 'signal'>,
): Promise<Map<string, LiveFile[]>> {
  const { written, live, links, are } = await look(host, sets, options)
  return new Map(
    sets.map(({ unit, paths }) => [
      unit,
      paths.map((path) => {
        const target = links.get(path) ?? path
        const { mode = null, kind = 'regular file' } = are.get(path) ?? {}
        const own = written.get(unit)
        return {
          path,
          target,
          sha256: live.get(path) ?? null,
          written: own?.get(target) ?? null,
          mode,
          ...(!kind.startsWith('regular') && { odd: kind }),
          ...(target !== path && own?.has(path) === true && { linked: true as const }),
        }
      }),
    ]),
  )
}

/** The digests of files, in hex and in their order; null where there is none. Throws as `lookAtFiles`. */
export async function digestsOf(
  host: Host,
  paths: readonly string[],
  options?: Pick<RunOptions, 'signal'>,
): Promise<(string | null)[]> {
  const { live } = await look(host, [{ unit: '', paths }], options)
  return paths.map((path) => live.get(path) ?? null)
}

async function look(host: Host, sets: readonly FileSet[], options?: Pick<RunOptions, 'signal'>): Promise<Looked> {
  const { stdout, stderr } = await host.run(lookCommand(sets), { ...options, as: 'root' })
  const looked = parseLook(stdout.toString())
  if (looked) return looked
  throw new FileRefused('read', 'the configuration', { host: host.name, said: stderr.toString().trim() })
}
