import type { Host, RunOptions } from '../../hosts/host.ts'
import { answerOf, type Answered } from '../candidate.ts'
import { parseBuilt } from './settings.ts'
import { parseVersion, type NginxVersion } from './version.ts'

/** What a binary on the host says of itself. Plain data: it may be shown and journaled. */
export type Candidate = Answered<NginxVersion> & {
  /** `--with-compat` → '', `--prefix=/usr` → 'prefix': '/usr'. */
  readonly built: Readonly<Record<string, string>>
}

/** nginx tells how it was built by -V (nginx(8)). */
export const asked = { name: 'nginx', option: '-V', versionIn: parseVersion } as const

/** Asks a binary on the host what it is, how it was built, and whether its libraries are there. Throws what Host throws. */
export async function candidateOn(
  host: Host,
  path: string,
  options?: Omit<RunOptions, 'as' | 'input'>,
): Promise<Candidate> {
  const { said, ...answered } = await answerOf(host, path, asked, options)
  return { ...answered, built: Object.fromEntries(parseBuilt(said)) }
}

/** The default paths that differ from those of the running binary: it would read another configuration, or write another pid file. */
export function movedPaths(running: Readonly<Record<string, string>>, candidate: Pick<Candidate, 'built'>): string[] {
  const paths = ['prefix', 'conf-path', 'pid-path', 'modules-path', 'error-log-path', 'http-log-path', 'lock-path']
  return paths.flatMap((name) => {
    const [was, is] = [running[name], candidate.built[name]]
    return was === is ? [] : [`--${name} was ${was ?? 'not given'}, is ${is ?? 'not given'}`]
  })
}
