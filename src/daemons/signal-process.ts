/** Together, pid and start time name a process for good: a pid alone may be recycled. */
export type ProcessId = {
  readonly pid: number
  /** Clock ticks (1/100 s) since boot: field 22 of /proc/PID/stat. */
  readonly startTicks: number
}

/** The exit code of `signalProcess`'s command when the process is not the one that was observed. */
export const notTheSame = 3

/**
 * Start time is compared with `stat`'s 22nd field, counted from behind the last bracket, since the second one may hold
 * anything. Between look and kill pass microseconds, not a round trip.
 */
const script = String.raw`
signal=$1 pid=$2 ticks=$3 titled=$4
{ read -r stat < "/proc/$pid/stat"; } 2>/dev/null || { echo "process $pid is gone" >&2; exit 3; }
set -- ${'$'}{stat##*) }
shift 19
[ "$1" = "$ticks" ] || { echo "process $pid is another one now (started at $1, not $ticks)" >&2; exit 3; }
title=
read -r title < "/proc/$pid/cmdline"
case $title in "$titled"*) ;; *) echo "process $pid is no $titled: $title" >&2; exit 3 ;; esac
kill -s "$signal" "$pid"
`

/**
 * Sends a signal (as root), but only to the very process that was observed: same pid, same start time, and a title that begins
 * as `titled`. Exits 3 (`notTheSame`) and says why when it is not; 0 says that it was sent, no more.
 */
export function signalProcess(signal: string, to: ProcessId, titled = ''): string[] {
  return ['sh', '-c', script, 'zdt-signal', signal, String(to.pid), String(to.startTicks), titled]
}
