import { FileRefused } from '../errors.ts'
import type { Host, RunOptions } from '../host.ts'
import { moveFunctions, moveWords, somebodyElses, type FileMove } from './change.ts'
import { keptDirectory, versionsKept, type Kept } from './places.ts'

/** Somebody else has changed a file since it was looked at: nothing of ours may go over it. */
export class NotAsPlanned extends FileRefused {}

/*
 * First all is looked at, then what lies there is kept, then each file is renamed into its place, then it is written down
 * what zdt wrote. Done again after it died anywhere, it goes on from there.
 */
const put = String.raw`${moveFunctions}
unit=$1 kept=$2 keep=$3 extent=$4; shift 4
check() {
  live=$(digest "$1")
  [ "$live" != "$4" ] || return 0
  [ "$live" = "$3" ] || { echo "$1 has the digest $live, not $3" >&2; exit ${somebodyElses}; }
  [ "$(digest "$2")" = "$4" ] || { echo "$2 is not what was uploaded" >&2; exit ${somebodyElses}; }
}
keep() {
  printf '%s %s %s\n' "$3" "$4" "$1" >> "$kept.part/manifest"
  [ "$3" != - ] || return 0
  mkdir -p -- "$kept.part/files${'$'}{1%/*}"
  cp -a -- "$1" "$kept.part/files$1"
}
move() { [ "$(digest "$1")" = "$4" ] || { mv -fT -- "$2" "$1"; sync "${'$'}{1%/*}"; }; rm -f -- "$2"; }
note() { printf '%s  %s\n' "$4" "$1" >> "$unit/written.new"; }
amend() {
  A="$3  $1" B="$4  $1" awk '{ print $0 == ENVIRON["A"] ? ENVIRON["B"] : $0 }' "$unit/written.new" > "$unit/written.part"
  mv -fT -- "$unit/written.part" "$unit/written.new"
}
each check "$@"
if [ ! -d "$kept" ]; then
  shelf=${'$'}{kept%/*}
  mkdir -p "$shelf"
  ls -1 "$shelf" | head -n "-$((keep - 1))" | while read -r old; do rm -rf -- "$shelf/$old"; done
  rm -rf -- "$kept.part"; mkdir -p "$kept.part/files"
  each keep "$@"
  [ ! -e "$unit/written" ] || cp -a -- "$unit/written" "$kept.part/written"
  sync "$kept.part/manifest"
  mv -T -- "$kept.part" "$kept"
fi
each move "$@"
rm -f "$unit/written.new"
if [ "$extent" = whole ]; then
  each note "$@"
elif [ -e "$unit/written" ]; then
  cp -a -- "$unit/written" "$unit/written.new"
  each amend "$@"
fi
[ -e "$unit/written.new" ] || exit 0
mv -f -- "$unit/written.new" "$unit/written"
sync "$unit"
`

const back = String.raw`${moveFunctions}
unit=$1 kept=$2 ours=$3 extent=$4; shift 4
is_ours() { [ -n "$ours" ] && [ "$(head -n 1 -- "$1")" = "$ours" ]; }
check() {
  live=$(digest "$1")
  [ "$live" = "$3" ] || [ "$live" = "$4" ] || is_ours "$1" ||
    { echo "$1 has the digest $live, neither $3 nor $4" >&2; exit ${somebodyElses}; }
  [ "$live" = "$3" ] || [ "$3" = - ] || [ -f "$kept/files$1" ] || { echo "$kept/files$1 is gone" >&2; exit 1; }
}
restore() {
  [ "$(digest "$1")" != "$3" ] || return 0
  if [ "$3" = - ]; then rm -f -- "$1"; else
    temp=${'$'}{1%/*}/.${'$'}{1##*/}.zdt-back
    cp -a -- "$kept/files$1" "$temp"
    sync "$temp"
    mv -fT -- "$temp" "$1"
  fi
  sync "${'$'}{1%/*}"
}
amend() {
  A="$4  $1" B="$3  $1" awk '{ print $0 == ENVIRON["A"] ? ENVIRON["B"] : $0 }' "$unit/written.new" > "$unit/written.part"
  mv -fT -- "$unit/written.part" "$unit/written.new"
}
each check "$@"
each restore "$@"
[ -d "$kept" ] || exit 0
if [ "$extent" = part ]; then
  [ -e "$unit/written" ] || exit 0
  cp -a -- "$unit/written" "$unit/written.new"
  each amend "$@"
  mv -f -- "$unit/written.new" "$unit/written"
elif [ -e "$kept/written" ]; then cp -a -- "$kept/written" "$unit/written"; else rm -f -- "$unit/written"; fi
`

/**
 * Puts staged files into their places, each in one rename, and keeps what lay there as a version; of older versions ten
 * are left. Throws NotAsPlanned when a file is neither as it was planned nor as it is to be, with nothing changed.
 */
export async function putInPlace(
  host: Host,
  kept: Kept,
  moves: readonly FileMove[],
  options: Pick<RunOptions, 'signal'> = {},
): Promise<void> {
  const keep = String(versionsKept[kept.shelf ?? 'kept'])
  const words = [kept.directory, keptDirectory(kept), keep, extentOf(kept), ...moveWords(moves)]
  await must(host, ['sh', '-c', put, 'zdt-put', ...words], moves, options)
}

/**
 * Puts back what a version kept, byte for byte, with owner, mode and label. A file whose first line is `ours` is one that
 * zdt left there for a moment. Throws NotAsPlanned as above.
 */
export async function putFilesBack(
  host: Host,
  kept: Kept,
  moves: readonly FileMove[],
  ours: string,
  options: Pick<RunOptions, 'signal'> = {},
): Promise<void> {
  const words = [kept.directory, keptDirectory(kept), ours, extentOf(kept), ...moveWords(moves)]
  await must(host, ['sh', '-c', back, 'zdt-put-back', ...words], moves, options)
}

/** Of a part of a set, what zdt wrote of the others is still so; and a file that was not zdt's has not become it. */
function extentOf({ shelf }: Kept): 'whole' | 'part' {
  return shelf === undefined ? 'whole' : 'part'
}

async function must(
  host: Host,
  argv: readonly string[],
  moves: readonly FileMove[],
  options: Pick<RunOptions, 'signal'>,
): Promise<void> {
  const { code, stderr } = await host.run(argv, { ...options, as: 'root' })
  if (code === 0) return
  const Refused = code === somebodyElses ? NotAsPlanned : FileRefused
  throw new Refused('write', moves.map(({ path }) => path).join(', '), {
    host: host.name,
    said: stderr.toString().trim(),
  })
}
