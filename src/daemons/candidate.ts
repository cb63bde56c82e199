import type { Host, RunOptions } from '../hosts/host.ts'
import { parseFrames } from './frames.ts'

/** What a binary on a host says of itself. Plain data: it may be shown and journaled. */
export type Answered<Version> = {
  /** Null when it does not run, or is no such daemon: `problem` says why. */
  readonly version: Version | null
  /** One sentence with the loader's, the kernel's or the binary's own words; null when all is well. */
  readonly problem: string | null
  /** The dynamic libraries that are missing on the host. */
  readonly missingLibraries: readonly string[]
  readonly sha256: string
}

/** How a daemon's binary is asked what it is. */
export interface Asked<Version> {
  readonly name: string
  /** The option by which it tells of itself and ends: `-V`, `-vv`. */
  readonly option: string
  readonly versionIn: (said: string) => Version | undefined
}

/**
 * The loader itself names every missing library; `ldd` is a script around it that is not always there. `-v` is for a static binary, which has no loader and would start for real.
 */
const script = String.raw`
file=$1 option=$2
echo '@zdt candidate 1'
echo "@sha256 $(sha256sum < "$file" | cut -d' ' -f1)"
said=$(timeout 5 "$file" "$option" 2>&1 </dev/null); echo "@said $?"
printf '%s\n' "$said" | head -c 65536 | sed 's/^/ /'
echo '@libraries'
LD_TRACE_LOADED_OBJECTS=1 timeout 5 "$file" -v 2>/dev/null </dev/null | sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/ \1/p'
echo '@end'
`

function problemOf<Version>(code: string, said: string, missing: readonly string[], daemon: Asked<Version>) {
  const { name, option, versionIn } = daemon
  const words = said.trim().split('\n')[0] ?? ''
  if (missing.length > 0) return `it cannot load ${missing.join(', ')}: ${words}`
  if (/error while loading shared libraries|version `.*' not found|symbol lookup error/.test(said))
    return `it cannot load its libraries: ${words}`
  if (code === '126') return `it cannot be executed: ${words}`
  if (code === '127') return `its loader is missing, or it is no program for this host: ${words}`
  if (code === '124') return 'it did not say its version within 5 s'
  if (Number(code) > 128) return `it was killed by signal ${Number(code) - 128}`
  if (versionIn(said) === undefined)
    return words === '' ? `it is no ${name}: ${option} says nothing` : `it is no ${name}: ${option} says "${words}"`
  return code === '0' ? null : `${option} ended with ${code}: ${words}`
}

/** Reads the answer of the script, with all that the binary said; undefined when it was cut short. */
export function parseAnswered<Version>(
  answer: string,
  daemon: Asked<Version>,
): (Answered<Version> & { readonly said: string }) | undefined {
  const frames = parseFrames(answer, 'candidate 1')
  const frame = (name: string) => frames?.find((one) => one.name === name)
  const asked = frame('said')
  if (asked === undefined) return undefined
  const said = asked.body.join('\n')
  const missingLibraries = frame('libraries')?.body ?? []
  const problem = problemOf(asked.argument, said, missingLibraries, daemon)
  return {
    version: problem === null ? (daemon.versionIn(said) ?? null) : null,
    problem,
    missingLibraries,
    sha256: frame('sha256')?.argument ?? '',
    said,
  }
}

/** Asks a binary on the host what it is and whether its libraries are there; it starts nothing that listens. Throws what Host throws. */
export async function answerOf<Version>(
  host: Host,
  path: string,
  daemon: Asked<Version>,
  options?: Omit<RunOptions, 'as' | 'input'>,
): Promise<Answered<Version> & { readonly said: string }> {
  const argv = ['sh', '-c', script, 'zdt-candidate', path, daemon.option]
  const { stdout, stderr } = await host.run(argv, { ...options, as: 'root' })
  return (
    parseAnswered(stdout.toString(), daemon) ?? {
      version: null,
      problem: `it could not be asked: ${stderr.toString().trim()}`,
      missingLibraries: [],
      sha256: '',
      said: '',
    }
  )
}
