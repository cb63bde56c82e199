import { FileRefused } from '../errors.ts'
import type { Host, RunOptions } from '../host.ts'
import type { FileMove } from './change.ts'

/*
 * $1 `staged target mode others bytes` a file, all contents one after the other on stdin. What is staged has the owner, mode,
 * xattrs and label of the file that it will replace, so that a trial sees what will be; only a file system without xattrs
 * may do without them.
 */
const script = String.raw`
set -eu
umask 077
while [ $# -gt 0 ]; do
  staged=$1 target=$2 mode=$3 others=$4 bytes=$5; shift 5
  mkdir -p -m 0755 -- "${'$'}{staged%/*}"
  timeout --foreground 60 head -c "$bytes" > "$staged"
  [ "$(wc -c < "$staged")" -eq "$bytes" ] || { echo "$staged arrived cut short" >&2; exit 74; }
  if [ -e "$target" ]; then
    label=; [ ! -e /sys/fs/selinux/enforce ] || label=,context
    cp --attributes-only --preserve=mode,ownership,xattr$label -- "$target" "$staged" 2>/dev/null ||
      cp --attributes-only --preserve=mode,ownership -- "$target" "$staged"
    [ "$others" = keep ] || chmod o= -- "$staged"
  else
    chmod "$mode" "$staged"
  fi
  sync "$staged"
done
`

const removal = String.raw`
staged=$1; shift
while [ "$staged" -gt 0 ]; do rm -f -- "$1"; shift; staged=$((staged - 1)); done
for directory; do rmdir -- "$directory" 2>/dev/null || :; done
`

/** Lays files beside their places, all in one round trip. Throws FileRefused, and what Host.run throws. */
export async function stageFiles(
  host: Host,
  files: readonly { readonly move: FileMove; readonly content: string }[],
  options: Pick<RunOptions, 'signal'> = {},
): Promise<void> {
  const contents = files.map(({ content }) => Buffer.from(content))
  const words = files.flatMap(({ move: { staged, target, mode, closes } }, index) => [
    staged,
    target,
    mode,
    closes ? 'close' : 'keep',
    String(contents[index]?.byteLength ?? 0),
  ])
  const { code, stderr } = await host.run(['sh', '-c', script, 'zdt-stage', ...words], {
    ...options,
    as: 'root',
    input: Buffer.concat(contents),
    timeout: 120_000,
  })
  if (code === 0) return
  throw new FileRefused('write', files.map(({ move }) => move.staged).join(', '), {
    host: host.name,
    said: stderr.toString().trim(),
  })
}

/** Takes away what lies beside its place, and the directories that were made for it, if nothing else lies there. */
export async function unstageFiles(
  host: Host,
  { staged, directories }: { readonly staged: readonly string[]; readonly directories: readonly string[] },
  options: Pick<RunOptions, 'signal'> = {},
): Promise<void> {
  const words = [String(staged.length), ...staged, ...directories.toReversed()]
  await host.run(['sh', '-c', removal, 'zdt-unstage', ...words], { ...options, as: 'root' })
}

/** The directories that must be made first, the outermost first. */
export async function missingDirectories(
  host: Host,
  moves: readonly FileMove[],
  options: Pick<RunOptions, 'signal'> = {},
): Promise<string[]> {
  const parents = [...new Set(moves.flatMap(({ staged }) => above(staged)))].toSorted()
  const list = 'for directory; do [ -d "$directory" ] || printf "%s\\n" "$directory"; done'
  const { stdout } = await host.run(['sh', '-c', list, 'zdt-missing', ...parents], { ...options, as: 'root' })
  return stdout.toString().split('\n').filter(Boolean)
}

function above(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}
