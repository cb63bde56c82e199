import type { On } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import { asRoot } from '../vip/as-root.ts'

/** A binary on a host, and where the one of before is kept. */
interface Kept {
  readonly target: string
  readonly backup: string
}

/*
 * The old file is kept by a hard link (nothing is copied, nothing can be half done), the new one gets its owner, mode and
 * attributes, and is renamed into place: one step, no moment without a binary, no ETXTBSY. Run again it finds all that done.
 */
const replace = String.raw`
set -e
target=$1 staged=$2 backup=$3
[ -e "$backup" ] || ln -T -- "$target" "$backup"
if ! [ -e "$staged" ]; then
  ! [ "$target" -ef "$backup" ] || { echo "$staged is not there" >&2; exit 1; }
  exit 0
fi
cp --attributes-only --preserve=mode,ownership,xattr -- "$target" "$staged"
mv -fT -- "$staged" "$target"
sync -- "$(dirname -- "$target")"
`

/* Once: what lies there when it is run again may be the new one. */
const keep = '[ -e "$2" ] || ln -T -- "$1" "$2"'

/* Where the two are one file already, mv refuses. */
const putBack = String.raw`
set -e
target=$1 backup=$2
[ "$target" -ef "$backup" ] || mv -fT -- "$backup" "$target"
rm -f -- "$backup"
sync -- "$(dirname -- "$target")"
`

/** Puts the staged file where the binary lies, and keeps that; running processes go on with it. Throws NoUseWaiting. */
export function replaceKeeping(on: On, { target, backup, staged }: Kept & { readonly staged: string }): Promise<void> {
  return asRoot(on, ['sh', '-c', replace, 'zdt-replace', target, staged, backup], `${target} could not be replaced`)
}

/** Keeps the binary that lies there, before others put theirs in its place. Throws NoUseWaiting. */
export function keepFile(on: On, { target, backup }: Kept): Promise<void> {
  return asRoot(on, ['sh', '-c', keep, 'zdt-keep', target, backup], `${target} could not be kept`)
}

/** Puts the kept file, the very one that ran, where it lay. Throws NoUseWaiting. */
export function putKeptBack(on: On, { target, backup }: Kept): Promise<void> {
  return asRoot(on, ['sh', '-c', putBack, 'zdt-put-back', target, backup], `${target} could not be put back`)
}

/** What a person types for that. */
export function backInPlaceByHand(target: string, backup: string): string {
  const moved = `${quote(['[', backup, '-ef', target, ']'])} || ${quote(['sudo', 'mv', '-fT', backup, target])}`
  return `{ ${moved}; } && ${quote(['sudo', 'rm', '-f', backup])}`
}
