import type { Millis } from '../../lib/types.ts'
import type { ProcessId } from '../signal-process.ts'
import { watchdogScript } from './watchdog-script.ts'

/** Where the binary is exchanged. */
export type Place = {
  readonly unit: string
  /** The file that its main process executes, links followed. */
  readonly target: string
  /** A hard link to the old binary: the way back. */
  readonly backup: string
}

/** The transient unit that watches over a run's exchange. */
export function watchdogOf(run: string): string {
  return `zdt-watchdog-${run}.service`
}

/**
 * Keeps the old file under its backup's name (a hard link: nothing is copied, and by its inode it is known again) unless it is kept, sets the
 * watchdog, and renames the new one into place with the old one's owner, mode and attributes: no moment without a binary, none
 * unwatched, no ETXTBSY. Run again it watches anew, and finds the rest done.
 */
const exchangeScript = String.raw`
set -e
target=$1 staged=$2 backup=$3 watchdog=$4
shift 4
[ -e "$backup" ] || ln -fT -- "$target" "$backup"
if [ -n "$staged" ] && ! [ -e "$staged" ]; then
  ! [ "$target" -ef "$backup" ] || { echo "$staged is not there" >&2; exit 1; }
  staged=
fi
[ -z "$staged" ] || cp --attributes-only --preserve=mode,ownership,xattr -- "$target" "$staged"
systemctl stop 'zdt-watchdog-*.service' 2>/dev/null || true
systemd-run --quiet --collect --unit="$watchdog" /bin/sh -c "$@"
[ -n "$staged" ] || exit 0
mv -fT -- "$staged" "$target"
sync -- "$(dirname -- "$target")"
`

/** systemd puts its environment in the place of `$word`, even in a transient unit (systemd.service(5), command lines). */
function forSystemd(word: string): string {
  return word.replaceAll('$', '$$$$')
}

/** The command that exchanges the file under a watchdog, which lives for `watched` at the longest. */
export function exchangeBinary(
  { unit, target, backup }: Place,
  what: {
    /** Empty where the old file is kept and watched over, and the new one lies there already or is put there by a package manager. */
    readonly staged: string
    readonly run: string
    readonly master: ProcessId
    /** systemd's own count of the unit's restarts. */
    readonly restarts: number
    readonly watched: Millis
  },
): string[] {
  const { pid, startTicks } = what.master
  const numbers = [pid, startTicks, what.restarts, Math.ceil(what.watched / 1000)].map(String)
  const watching = [watchdogScript, 'zdt-watchdog', target, backup, unit, ...numbers].map(forSystemd)
  return ['sh', '-c', exchangeScript, 'zdt-exchange', target, what.staged, backup, watchdogOf(what.run), ...watching]
}

const putBackScript = String.raw`
systemctl stop "$3" 2>/dev/null
[ -e "$2" ] || exit 0
[ "$1" -ef "$2" ] || { ln -fT -- "$2" "$1.zdt-back" && mv -fT -- "$1.zdt-back" "$1" && sync -- "$(dirname -- "$1")"; }
`

/** The command that ends the watchdog and puts the old file back; harmless when it lies there already, or was never kept. */
export function putBinaryBack({ target, backup }: Place, run: string): string[] {
  return ['sh', '-c', putBackScript, 'zdt-put-back', target, backup, watchdogOf(run)]
}
