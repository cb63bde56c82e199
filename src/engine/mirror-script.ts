import { stateDirectory } from '../hosts/lease/script.ts'

/** Exit codes of the scripts that are ours to explain. */
export const mirrorCodes = { refused: 73, gap: 66, short: 74 } as const

/** How long a piece may take to arrive, in seconds: whoever sends it waits no longer for the answer. */
const arrival = 10

/*
 * $1 base directory, $2 file, $3 offset, $4 bytes to come on stdin, $5 days that journals are kept; then lines for
 * syslog. Every line of a journal has its own offset, the same on every host: what is sent again after an unknown
 * outcome, or continued after a torn write, is there once and whole; what does not arrive in time is not waited for, since
 * of a network that has gone sshd may learn nothing for hours. The first write of a run prunes.
 */
const append = `set -u
umask 022
export LC_ALL=C
d=$1/runs file=$1/runs/$2 offset=$3 bytes=$4 days=$5; shift 5
size() { stat -c %s "$file" 2>/dev/null || echo 0; }
[ -d "$d" ] || mkdir -p "\${d%/*}" || exit ${mirrorCodes.refused}
umask 077
[ -d "$d" ] || mkdir -p "$d" || exit ${mirrorCodes.refused}
[ "$(size)" -ge "$offset" ] || exit ${mirrorCodes.gap}
if [ "$bytes" -gt 0 ]; then
  said=$(timeout --foreground ${arrival} dd of="$file" bs=65536 iflag=fullblock oflag=seek_bytes seek="$offset" conv=notrunc,fsync 2>&1) || {
    printf '%s\\n' "$said" >&2; exit ${mirrorCodes.refused}
  }
  [ "$(size)" -ge $((offset + bytes)) ] || exit ${mirrorCodes.short}
  if [ "$offset" = 0 ]; then
    sync "$d"
    find "$d" -maxdepth 1 -type f -name '*.ndjson' -mtime "+$days" -exec rm -f {} +
  fi
fi
for line; do logger -t zdt -- "$line" 2>/dev/null; done
exit 0`

/*
 * $1 base directory, $2 the most bytes of one journal, $3 of all, $4 the one that is wanted, or nothing, $5 how many seconds ago
 * it was written at the most, or 0; on stdin those that are known already, FILE and BYTES, which are left out where they are no
 * others. Newest first, each after a line `run FILE BYTES WHOLE`.
 */
const read = `cd "$1/runs" 2>/dev/null || exit 0
one=$2 all=$3 since=0
[ "$5" = 0 ] || since=$(($(date +%s) - $5))
known=" $(tr '\\n' ' ') "
if [ -n "$4" ]; then set -- "$4"; else set -- $(ls -t | grep -E '^[0-9A-Z]+\\.ndjson$'); fi
for file; do
  stat=$(stat -c '%s %Y' "$file" 2>/dev/null) || continue
  size=\${stat% *}
  [ "\${stat#* }" -ge "$since" ] || exit 0
  case $known in *" $file $size "*) continue ;; esac
  take=$size
  if [ "$take" -gt "$one" ]; then take=$one; fi
  all=$((all - take))
  [ "$all" -ge 0 ] || exit 0
  echo "run $file $take $size"
  head -c "$take" "$file"
  echo
done`

/** Where in a journal a piece belongs, and how long it is. */
export interface Piece {
  readonly file: string
  readonly offset: number
  readonly bytes: number
}

/** How long hosts keep journals, in days. */
export const keptDays = 30

/** The command that keeps a piece of a journal, from its stdin, and says `syslog` there. */
export function appendCommand(
  { file, offset, bytes }: Piece,
  syslog: readonly string[],
  base: string = stateDirectory,
): readonly string[] {
  const words = [base, file, String(offset), String(bytes), String(keptDays)]
  return ['/bin/sh', '-c', append, 'zdt-mirror', ...words, ...syslog]
}

/** The most that is read of one journal among all, and of all of a host. The one that is asked for is read whole. */
const most = { one: 4 * 1024 * 1024, all: 32 * 1024 * 1024, whole: 1024 * 1024 * 1024 }

/** The command that prints the journals of a host, or one of them; those alone that were written within so many seconds. */
export function readCommand(file = '', base: string = stateDirectory, within = 0): readonly string[] {
  const [one, all] = file === '' ? [most.one, most.all] : [most.whole, most.whole]
  return ['/bin/sh', '-c', read, 'zdt-mirror', base, String(one), String(all), file, String(within)]
}
