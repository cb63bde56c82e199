import { stateDirectory } from '../../hosts/lease/script.ts'
import type { RunId } from '../../lib/types.ts'

/** How long a host keeps what a command has said, in days; as long as the journals. */
const keptDays = 30

/*
 * A command that an operator has given for a host runs there as a unit of its own: it outlives the connection, and zdt. Two
 * files beside the run's journal tell of it, also after a boot: what has become of it (`begun BOOT`, `exit N`, `over`), and
 * all that it said. `begun` is on the disk before the command is: one that boots the host at once leaves it.
 *
 * $1 the directory, $2 the run; then the command, if there is one. As root; the command itself as whoever logged in.
 */
const begin = `set -eu
d=$1 run=$2; shift 2
umask 077
[ -d "$d" ] || mkdir -p "$d"
find "$d" -maxdepth 1 -type f -name '[0-9A-Z]*.[wl]*' -mtime +${keptDays} -exec rm -f {} +
read -r boot </proc/sys/kernel/random/boot_id
printf 'begun %s\\n' "$boot" >"$d/$run.work"
: >"$d/$run.log"
sync "$d/$run.work" "$d"
[ $# -gt 0 ] || exit 0
exec systemd-run --quiet --collect --unit="zdt-work-$run" \\
  /bin/sh -c "$WORK" zdt-work "$d/$run" "\${SUDO_USER:-$(id -un)}" "$@"`

/** What the unit runs; a last line without its end is given one. What the command writes is not for root alone: its mask is the usual one. */
const work = `at=$1 user=$2; shift 2
umask 077
exec </dev/null >>"$at.log" 2>&1
umask 022
cd "$(getent passwd "$user" | cut -d: -f6)" || cd /
if [ "$user" = root ]; then "$@"; else runuser -u "$user" -- "$@"; fi
code=$?
[ -z "$(tail -c 1 "$at.log")" ] || echo
printf 'exit %s\\n' "$code" >>"$at.work"
sync "$at.work"`

/** $1 the directory, $2 the run, then services. Answers one fact a line; see parseHostState. */
const look = `d=$1 run=$2; shift 2
read -r boot </proc/sys/kernel/random/boot_id
echo "boot $boot"
echo "system $(systemctl is-system-running 2>/dev/null)"
[ ! -e /run/systemd/shutdown/scheduled ] || echo leaving
case $(busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager PreparingForShutdown 2>/dev/null) in
  *true) echo leaving ;;
esac
if systemctl is-active --quiet "zdt-work-$run"; then echo running; fi
[ ! -e "$d/$run.work" ] || cat "$d/$run.work"
for service; do echo "service $service $(systemctl is-active -- "$service" 2>/dev/null)"; done
true`

/** $1 the log, $2 the byte to go on from. No more than 64 KiB at once. */
const hear = `tail -c "+$(($2 + 1))" "$1" | head -c 65536`

const runs = `${stateDirectory}/runs`

/** The unit that a run's command is on its host: `systemctl status` knows it, `systemctl stop` ends it. */
export function workUnit(run: string): string {
  return `zdt-work-${run}`
}

/** Where the host keeps what a run's command has said. */
export function workLog(run: string): string {
  return `${runs}/${run}.log`
}

/** Begins a run's work on a host; without a command it is a person's, and only noted. To be run as root. */
export function beginWork(run: string, argv: readonly string[] = []): readonly string[] {
  return ['env', `WORK=${unread(work)}`, '/bin/sh', '-c', begin, 'zdt-work', runs, run, ...argv.map(unread)]
}

/** systemd reads variables in the command line of a unit, also of a transient one (systemd.service(5), `$$`). */
function unread(word: string): string {
  return word.replaceAll('$', () => '$$')
}

/** Notes that nothing of it is awaited any more. To be run as root. */
export function endWork(run: string): readonly string[] {
  return ['/bin/sh', '-c', 'echo over >>"$1"; sync "$1"', 'zdt-work', `${runs}/${run}.work`]
}

/** Asks how a host and a run's work on it are. To be run as root. */
export function lookAtWork(run: RunId | string, services: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', look, 'zdt-work', runs, run, ...services]
}

/** Asks for what a run's command has said from a byte on. To be run as root. */
export function hearWork(run: string, from: number): readonly string[] {
  return ['/bin/sh', '-c', hear, 'zdt-work', workLog(run), String(from)]
}
