import { parseFrames } from '../frames.ts'
import type { PackageChange, PackagePlan } from './manager.ts'

/**
 * `sh -c SCRIPT zdt-packages PATH VERSION`, VERSION empty for the best that the host knows: whose package a file is of, and
 * what apt would do. It only reads: a simulation takes no lock. The answer is frames (see ../frames.ts).
 */
export const foreseeScript = String.raw`
export LC_ALL=C
path=$1 version=$2
body() { sed 's/^/ /'; }
echo '@zdt packages 1'
if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
  # A merged /usr: the package may have its file under the other name.
  owner=$(dpkg-query -S "$path" "/usr$path" "${'$'}{path#/usr}" 2>/dev/null | grep -v '^diversion by' | sed -n 's/^\([^,: ]*\).*: .*/\1/p' | head -n 1)
  echo "@owner $owner"
  echo '@audit'; dpkg --audit 2>&1 | body
  echo "@heard $(find /var/lib/apt/lists -maxdepth 1 -type f -printf '%T@\n' 2>/dev/null | sort -n | tail -n 1)"
  if [ -n "$owner" ]; then
    echo "@installed $(dpkg-query -W -f '${'$'}{Version}' "$owner")"
    set -- "$owner${'$'}{version:+=$version}"
    # Of one source, and installed in the same version: they go together, and apt, asked for one that is not the newest, does not see it.
    if [ -n "$version" ]; then
      for sibling in $(dpkg-query -W -f '${'$'}{source:Package} ${'$'}{Version} ${'$'}{db:Status-Abbrev} ${'$'}{Package}\n' 2>/dev/null |
        awk -v one="$owner" '{ of[$4] = $1 " " $2 " " $3 } END { for (p in of) if (p != one && of[p] == of[one]) print p }'); do
        apt-cache show "$sibling=$version" >/dev/null 2>&1 && set -- "$@" "$sibling=$version"
      done
    fi
    said=$(apt-get -s -q --allow-downgrades install "$@" 2>&1)
    echo "@simulated $?"
    printf '%s\n' "$said" | body
  fi
else
  echo "@no $(command -v dnf >/dev/null && echo dnf)"
fi
echo '@end'
`

/** Why a host's packages cannot be changed so. */
export interface Unfit {
  readonly why: string
  readonly said?: string
  readonly next?: string
}

/** Reads the answer of the script. Undefined when it was cut short. */
export function parseForeseen(answer: string, path: string): PackagePlan | Unfit | undefined {
  const frames = parseFrames(answer, 'packages 1')
  if (!frames) return undefined
  const frame = (name: string) => frames.find((one) => one.name === name)
  const no = frame('no')
  if (no) return { why: `it has ${no.argument || 'no apt'}: zdt installs packages by apt alone as yet` }
  const owner = frame('owner')?.argument ?? ''
  if (owner === '') return { why: `${path} is of no package`, next: 'bring a binary of your own: --binary FILE' }
  const audit = frame('audit')?.body.join('\n').trim()
  if (audit) return { why: 'packages there are not whole', said: audit, next: 'sudo dpkg --configure -a' }
  const simulated = frame('simulated')
  const said = simulated?.body ?? []
  if (simulated?.argument !== '0') {
    const from = said.findIndex((line) => line.startsWith('E:'))
    const words = said.slice(from === -1 ? -8 : from, from === -1 ? undefined : from + 8)
    return {
      why: `apt would not install it`,
      said: words.join('\n'),
      next: 'sudo apt-get update   # it may not know it yet',
    }
  }
  const removed = said.flatMap((line) => /^Remv (\S+)/.exec(line)?.[1] ?? [])
  if (removed.length > 0) return { why: `apt would remove ${removed.join(', ')}` }
  const heard = Number(frame('heard')?.argument)
  return {
    owner,
    installed: frame('installed')?.argument ?? '',
    changes: said.flatMap(changeIn),
    heard: heard > 0 ? Math.round(heard * 1000) : null,
  }
}

/** `Inst nginx [1.22.1-9] (1.26.3-3 Debian:13/stable [amd64])`; what is new has no version before. */
function changeIn(line: string): PackageChange[] {
  const [, name, from, to, architecture] = /^Inst (\S+)(?: \[([^\]]*)\])? \((\S+) .*?\[(\S+)\]\)/.exec(line) ?? []
  if (name === undefined || to === undefined || architecture === undefined) return []
  return [{ name, from: from ?? null, to, architecture }]
}
