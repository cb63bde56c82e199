import { FileRefused } from '../errors.ts'
import type { Host, RunOptions } from '../host.ts'
import { keptDirectory, keptFile, runIn, type Kept } from './places.ts'

/** A configuration that was live before a run replaced it. Plain data. */
export type Version = {
  /** `20261121T123045Z-7K2Q9X`: when the run that replaced it was planned, and which that was. */
  readonly name: string
  /** The run that replaced it. */
  readonly run: string
  /** When it was replaced, in ms since the epoch by the host's clock. */
  readonly replaced: number
  readonly files: readonly {
    /** Null where there was no such file. */
    readonly sha256: string | null
    readonly path: string
  }[]
}

const list = String.raw`
for kept in "$1/kept"/*/; do
  [ -f "$kept/manifest" ] || continue
  printf '@version %s %s\n' "$(stat -c %Y -- "$kept/manifest")" "$(basename -- "$kept")"
  cat -- "$kept/manifest"
done
echo '@end'
`

/** Reads the answer of the listing: the newest first. Undefined when it was cut short. */
export function parseVersions(answer: string): Version[] | undefined {
  const lines = answer.split('\n')
  if (lines.at(-2) !== '@end') return undefined
  const versions: { name: string; run: string; replaced: number; files: { sha256: string | null; path: string }[] }[] =
    []
  for (const line of lines) {
    const [, seconds, name] = /^@version (\d+) (.*)$/.exec(line) ?? []
    if (name !== undefined) versions.push({ name, run: runIn(name), replaced: Number(seconds) * 1000, files: [] })
    const [, digest, path] = /^([0-9a-f]{64}|-) [0-9a-f]{64} (.*)$/.exec(line) ?? []
    if (path !== undefined) versions.at(-1)?.files.push({ sha256: digest === '-' ? null : (digest ?? null), path })
  }
  return versions.toReversed()
}

/** The versions that a host keeps of a unit's configuration. Throws FileRefused, and what Host.run throws. */
export async function keptVersions(host: Host, directory: string): Promise<Version[]> {
  const { stdout, stderr } = await host.run(['sh', '-c', list, 'zdt-kept', directory], { as: 'root' })
  const versions = parseVersions(stdout.toString())
  if (versions) return versions
  throw new FileRefused('read', directory, { host: host.name, said: stderr.toString().trim() })
}

/** Is a version still kept? A run whose version is not there has put nothing in place, or has put everything back. */
export async function isKept(host: Host, kept: Kept, options: Pick<RunOptions, 'signal'> = {}): Promise<boolean> {
  const { code } = await host.run(['test', '-d', keptDirectory(kept)], { ...options, as: 'root' })
  return code === 0
}

/** What a file said in a version. Throws NoSuchFile, FileRefused. */
export async function readKept(host: Host, kept: Kept, path: string): Promise<string> {
  return (await host.read(keptFile(kept, path), { as: 'root' })).toString()
}

/** Forgets a version: what it kept lies in its place again. */
export async function forgetKept(host: Host, kept: Kept, options: Pick<RunOptions, 'signal'> = {}): Promise<void> {
  await host.run(['rm', '-rf', '--', keptDirectory(kept)], { ...options, as: 'root' })
}
