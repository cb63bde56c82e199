import { usualPlaces } from './configured.ts'
import { hostPath, hostPathRule } from './fields.ts'
import type { Path } from './positions.ts'
import { groupKinds, map, texts, type CrossMistake, type Raw } from './raw.ts'

/** A file that a group wants on one of its hosts. */
interface Claim {
  readonly path: Path
  readonly at: 'key' | 'value'
  readonly kind: (typeof groupKinds)[number]
  readonly group: string
  readonly isMain: boolean
  readonly host: string
  readonly file: string
  readonly spec: Raw
}

/** Paths of files that are none, and files of a host that two groups want: one would overwrite the other's. */
export function misplaced(fleet: Raw): CrossMistake[] {
  const owners = new Map<string, Claim>()
  const mistakes = new Map<Path, CrossMistake>()
  for (const claim of claims(fleet)) {
    const { path, at, host, file } = claim
    const owner = owners.get(`${host} ${file}`)
    owners.set(`${host} ${file}`, owner ?? claim)
    const message = owner && quarrel(claim, owner)
    if (message !== undefined) mistakes.set(path, { path, at, message })
  }
  return [...badPaths(fleet), ...mistakes.values()]
}

function claims(fleet: Raw): Claim[] {
  return groupKinds.flatMap((kind) =>
    Object.entries(map(fleet[kind])).flatMap(([group, raw]) => {
      const spec = map(raw)
      const { config = usualPlaces[kind] } = spec
      const files = [
        { path: [kind, group, 'config'], at: 'value' as const, file: String(config), isMain: true },
        ...Object.keys(map(spec['files'])).map((file) => {
          return { path: [kind, group, 'files', file], at: 'key' as const, file, isMain: false }
        }),
      ]
      const hosts = new Set(texts(spec['hosts']))
      return files.flatMap((file) => [...hosts].map((host) => ({ ...file, kind, group, host, spec })))
    }),
  )
}

/** What two claims to one file cannot agree about. One Keepalived has the VIPs of all its groups in one file. */
function quarrel(claim: Claim, owner: Claim): string | undefined {
  const whose = `${owner.kind}.${owner.group}`
  if (claim.kind !== 'keepalived' || owner.kind !== 'keepalived' || !claim.isMain || !owner.isMain) {
    return `${claim.file} on ${claim.host} is ${whose}’s already, expected a place of its own`
  }
  const different = ['unit', 'template'].find((field) => claim.spec[field] !== owner.spec[field])
  if (different === undefined) return undefined
  return `${claim.file} on ${claim.host} is ${whose}’s too, expected the same ${different} or another config`
}

function badPaths(fleet: Raw): CrossMistake[] {
  return groupKinds.flatMap((kind) =>
    Object.entries(map(fleet[kind])).flatMap(([group, spec]) =>
      Object.keys(map(map(spec)['files']))
        .filter((file) => !hostPath.safeParse(file).success)
        .map((file) => ({
          path: [kind, group, 'files', file],
          at: 'key' as const,
          message: `is no such path, expected ${hostPathRule}`,
        })),
    ),
  )
}
