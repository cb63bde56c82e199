import type { PackageChange, PackagePlan } from '../../daemons/packages/manager.ts'
import type { Host } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import { when } from '../../lib/when.ts'
import { inWords, managers } from '../../steps/packages/managers.ts'
import { candidateFile, type CandidateFile } from '../candidate-file.ts'

/** Where the new nginx comes from. */
export type Source = { readonly binary: string } | { readonly version: string }

/** The new nginx of one host: a file of the operator's, or packages that the host's own package manager knows. */
export type Candidate = { readonly version: string } & (
  | { readonly kind: 'file'; readonly file: CandidateFile }
  | { readonly kind: 'packages'; readonly manager: keyof typeof managers; readonly changes: readonly PackageChange[] }
)

/** Finds it. `target` is the file that runs there, `runs` its version. Throws `candidate-unfit`, PackagesUnfit and what hosts throw. */
export async function candidateOf(
  source: Source,
  host: Host,
  { target, runs }: { readonly target: string; readonly runs: string },
): Promise<Candidate> {
  if ('binary' in source) {
    const file = await candidateFile('nginx', source.binary, host)
    return { kind: 'file', version: file.version, file }
  }
  const plan = await managers.apt.foresee(host, target, source.version)
  const owner = plan.changes.find(({ name }) => name === plan.owner)
  const version = upstreamOf(owner?.to ?? plan.installed, host.name)
  const changes = owner === undefined ? refuseOthers(plan, host.name) : plan.changes
  if (changes.length === 0 && runs !== version) throw notItsOwn(plan, host.name, runs)
  return { kind: 'packages', manager: 'apt', version, changes }
}

/** What is brought, in words. */
export function candidateFacts(name: string, candidate: Candidate): string[] {
  if (candidate.kind === 'file') {
    const { file, version, sha256 } = candidate.file
    return [`${file} is nginx ${version}, sha256 ${sha256.slice(0, 12)}…`]
  }
  return candidate.changes.length === 0 ? [] : [`packages of ${name}: ${inWords(candidate)}`]
}

/** `1:1.26.3-3+deb13u1` is nginx 1.26.3. */
function upstreamOf(version: string, host: string): string {
  const upstream = /^(?:\d+:)?(\d+(?:\.\d+)+)/.exec(version)?.[1]
  if (upstream !== undefined) return upstream
  throw new ZdtError(`${host}: ${version} names no version of nginx`, { code: 'packages-unfit', exit: 'refused', host })
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

/** There is nothing to install, and yet it is not what runs. */
function notItsOwn({ owner, installed }: PackagePlan, host: string, runs: string): ZdtError {
  return new ZdtError(`${host}: ${owner} ${installed} is installed, but nginx ${runs} runs there`, {
    code: 'packages-unfit',
    exit: 'refused',
    host,
    suggestions: [
      'zdt upgrade-nginx --binary FILE   # with the binary that is to run',
      `ssh ${host} dpkg -V ${owner}   # is the file on disk the package’s own?`,
    ],
  })
}
