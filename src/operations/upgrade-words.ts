import type { HostName } from '../lib/types.ts'
import type { CandidateFile } from './candidate-file.ts'

interface Work {
  readonly name: HostName
  readonly file: CandidateFile
}

/** `web1, web2`. */
export function namesOf(works: readonly { readonly name: HostName }[]): string {
  return works.map(({ name }) => name).join(', ')
}

/** `web1 runs`, `web1, web2 run`. */
export function whoRun(works: readonly { readonly name: HostName }[]): string {
  return `${namesOf(works)} ${works.length === 1 ? 'runs' : 'run'}`
}

/** What each says, each thing once. */
export function oncePer<T>(works: readonly T[], said: (work: T) => string): string {
  return [...new Set(works.map(said))].join(', ')
}

/** The new binary, and who runs it already where others do not. */
export function candidateInWords(daemon: string, works: readonly Work[], todo: readonly Work[]): string[] {
  return [
    oncePer(
      works,
      ({ file: { file, version, sha256 } }) => `${file} is ${daemon} ${version}, sha256 ${sha256.slice(0, 12)}…`,
    ),
    ...thereAlready(daemon, works, todo),
  ]
}

/** Who has it already, where others have not. */
export function thereAlready<T extends { readonly name: HostName }>(
  daemon: string,
  works: readonly T[],
  todo: readonly T[],
): string[] {
  const there = works.filter((one) => !todo.includes(one))
  return there.length > 0 && todo.length > 0 ? [`${whoRun(there)} this very ${daemon} already`] : []
}
