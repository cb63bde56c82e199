import { isVersion } from '../daemons/is-version.ts'
import type { PackageChange, PackagePlan } from '../daemons/packages/manager.ts'
import type { Host } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, RunId } from '../lib/types.ts'
import { when } from '../lib/when.ts'
import { inWords, managers, type Packages } from '../steps/packages/managers.ts'
import { candidateFile, type CandidateFile, type Daemon } from './candidate-file.ts'
import { thereAlready } from './upgrade-words.ts'

/** Where new code comes from: a file on the operator's machine, or a version of the package that the host has. */
export type UpgradeSource = { readonly binary: string } | { readonly version: string }

/** The same; or the host's own disk, on which an update has put it already. */
export type Source = UpgradeSource | typeof onDisk

/** What lies there. */
export const onDisk = { lies: true } as const

/** The new code of one host's daemon: a file of the operator's, packages that the host's own package manager knows, or what lies there. */
export type Candidate = { readonly version: string } & (
  | { readonly kind: 'file'; readonly file: CandidateFile }
  | { readonly kind: 'packages'; readonly manager: keyof typeof managers; readonly changes: readonly PackageChange[] }
  | { readonly kind: 'lies' }
)

/** A candidate, and the run that brings it. */
interface Coming {
  readonly candidate: Candidate
  readonly id: RunId
}

/**
 * Finds it. `target` is the file that runs there, `runs` its version, `lies` the version of what lies there now. Throws
 * `candidate-unfit`, PackagesUnfit and what hosts throw.
 */
export async function candidateOf(
  daemon: Daemon,
  source: Source,
  host: Host,
  { target, runs, lies }: { readonly target: string; readonly runs: string; readonly lies: string | undefined },
): Promise<Candidate> {
  if ('lies' in source) return { kind: 'lies', version: lies ?? refuseBroken(daemon, target, host.name) }
  if ('binary' in source) {
    const file = await candidateFile(daemon, source.binary, host)
    return { kind: 'file', version: file.version, file }
  }
  const plan = await managers.apt.foresee(host, target, source.version)
  const owner = plan.changes.find(({ name }) => name === plan.owner)
  const version = upstreamOf(daemon, owner?.to ?? plan.installed, host.name)
  const changes = owner === undefined ? refuseOthers(plan, host.name) : plan.changes
  if (changes.length === 0 && !isVersion(runs, version)) throw notItsOwn(daemon, plan, host.name, runs)
  return { kind: 'packages', manager: 'apt', version, changes }
}

/** What is brought, in words. */
function candidateFacts(daemon: Daemon, name: string, candidate: Candidate): string[] {
  if (candidate.kind === 'file') {
    const { file, version, sha256 } = candidate.file
    return [`${file} is ${daemon} ${version}, sha256 ${sha256.slice(0, 12)}…`]
  }
  if (candidate.kind === 'lies') return []
  return candidate.changes.length === 0 ? [] : [`packages of ${name}: ${inWords(candidate)}`]
}

/** Is it what lies there already? `sha256` is what does. */
export function isThere(candidate: Candidate, sha256: string | undefined): boolean {
  if (candidate.kind === 'lies') return false
  return candidate.kind === 'file' ? candidate.file.sha256 === sha256 : candidate.changes.length === 0
}

/** What comes, each thing once, and who has it already where others have not. */
export function candidatesInWords<T extends { readonly name: HostName; readonly candidate: Candidate }>(
  daemon: Daemon,
  works: readonly T[],
  todo: readonly T[],
): string[] {
  return [
    ...new Set(works.flatMap(({ name, candidate }) => candidateFacts(daemon, name, candidate))),
    ...thereAlready(daemon, works, todo),
  ]
}

/** What a step knows of a host's new packages; undefined where it is none. */
export function packagesOf({ candidate, id }: Coming): Packages | undefined {
  return candidate.kind === 'packages' ? fetchedInto(candidate, id) : undefined
}

/** The same, by where it comes from: a file lies on the host as `staged` by then. */
export function comesOf(coming: Coming, staged: string) {
  const { candidate, id } = coming
  if (candidate.kind === 'lies') return onDisk
  return candidate.kind === 'file'
    ? { staged, sha256: candidate.file.sha256 }
    : { packages: fetchedInto(candidate, id) }
}

function fetchedInto({ manager, changes }: Extract<Candidate, { kind: 'packages' }>, id: RunId): Packages {
  return { manager, changes, dir: `/var/lib/zdt/packages/${id}` }
}

/** `1:1.26.3-3+deb13u1` is nginx 1.26.3. */
function upstreamOf(daemon: Daemon, version: string, host: string): string {
  const upstream = /^(?:\d+:)?(\d+(?:\.\d+)+)/.exec(version)?.[1]
  if (upstream !== undefined) return upstream
  throw new ZdtError(`${host}: ${version} names no version of ${daemon}`, {
    code: 'packages-unfit',
    exit: 'refused',
    host,
  })
}

/** The package itself stays: then nothing else has to change either. */
function refuseOthers({ owner, installed, changes, heard }: PackagePlan, host: string): readonly PackageChange[] {
  if (changes.length === 0) return []
  const since = heard === null ? 'it has never heard of any' : `it heard of packages last ${when(heard)}`
  throw new ZdtError(`${host}: ${owner} ${installed} stays, but apt would change ${inWords({ changes })}`, {
    code: 'packages-unfit',
    exit: 'refused',
    host,
    said: since,
    suggestions: [`ssh ${host} sudo apt-get update`],
  })
}

/** What brings new code to each. */
const upgrades = {
  nginx: 'upgrade-nginx',
  HAProxy: 'upgrade-haproxy',
  Keepalived: 'keepalived upgrade',
} as const satisfies Record<Daemon, string>

/** An update has put something there that does not even say its version. */
function refuseBroken(daemon: Daemon, target: string, host: string): never {
  throw new ZdtError(`${host}: ${target}, which lies there now, is no ${daemon} that runs`, {
    code: 'candidate-unfit',
    exit: 'refused',
    host,
    suggestions: [`ssh ${host} ${target} -v`, `zdt ${upgrades[daemon]} --host ${host} --binary FILE`],
  })
}

/** There is nothing to install, and yet it is not what runs. */
function notItsOwn(daemon: Daemon, { owner, installed }: PackagePlan, host: string, runs: string): ZdtError {
  return new ZdtError(`${host}: ${owner} ${installed} is installed, but ${daemon} ${runs} runs there`, {
    code: 'packages-unfit',
    exit: 'refused',
    host,
    suggestions: [
      `zdt ${upgrades[daemon]} --binary FILE   # with the binary that is to run`,
      `ssh ${host} dpkg -V ${owner}   # is the file on disk the package’s own?`,
    ],
  })
}
