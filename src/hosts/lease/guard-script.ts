import { stateDirectory } from './script.ts'

/** How a guarded command exits when the guard did not let it run; its reason follows `lostMark` on stderr. */
export const lostCode = 98
export const lostMark = 'zdt-guard: '
/** Its reason where the input that belongs to a command did not come: the command did not run, whoever has the lease. */
export const cutOff = 'its input was cut off'
/** The line on stderr that says: what the guard carried is on the host's disk. */
export const keptLine = 'zdt-guard kept'

/** How long the lines may take to arrive, in seconds: they were sent in one breath with the command. */
const arrival = 10

/*
 * $1 the base directory, $2 token, $3 fence, $4 scopes, $5 journal file, $6 offset and $7 bytes of the lines for it, which
 * come on stdin before what is the command's; then the command.
 * Builtins only, but for the lock and the lines: a guard costs one shell.
 *
 * - .busy is held while the command runs, and closed in the command itself: a daemon that it starts must not hold it.
 *   A login user cannot open it: then the lease is checked all the same.
 * - Lines are no arguments: any user may read those. All of them are taken from stdin, whatever becomes of them. Where they
 *   do not come, the network has gone, of which sshd may learn nothing for hours: it is not waited for, nor gone on with,
 *   or the host would be busy as long.
 * - Lines go to their own offset: written twice, or by two at once, they are there once. A journal that cannot be
 *   written, or lacks what goes before, stops nothing here; whoever keeps it is told by the missing line.
 * - `exec` in a subshell, so that the command is never taken for a builtin; the shell's own "Killed" goes to /dev/null.
 */
const script = `d=$1/locks token=$2 fence=$3 scopes=$4 journal=$5 offset=$6 bytes=$7; shift 7
no() { printf '${lostMark}%s\\n' "$*" >&2; exit ${lostCode}; }
if [ -w "$d/.busy" ]; then
  command exec 8>>"$d/.busy" && flock -s -w 10 8 || no "$d/.busy is locked by somebody else"
fi
read -r up rest </proc/uptime; hundredths=\${up#*.}; up=$((\${up%.*} * 100 + 1$hundredths - 100))
read -r boot </proc/sys/kernel/random/boot_id
for scope in $scopes; do
  [ -r "$d/$scope" ] || no "the lease $scope is gone"
  l_token= l_fence= l_up=0 l_boot= l_until=0 l_run= l_holder= whole=
  while read -r key value; do
    case $key in
      token) l_token=$value ;; fence) l_fence=$value ;; up-until) l_up=$value ;; boot) l_boot=$value ;;
      until) l_until=$value ;; run) l_run=$value ;; holder) l_holder=$value ;; end) whole=yes ;;
    esac
  done <"$d/$scope"
  [ -n "$whole" ] || no "the lease $scope cannot be read"
  [ "$l_token $l_fence" = "$token $fence" ] || no "the lease $scope is now with $l_holder, run $l_run"
  if [ "$l_boot" = "$boot" ]; then
    [ "$up" -lt "$l_up" ] || no "the lease $scope has ended"
  else
    [ "$(date +%s)" -lt "$l_until" ] || no "the lease $scope has ended"
  fi
done
if [ "$bytes" -gt 0 ]; then
  lines=$(timeout --foreground ${arrival} head -c "$bytes"; echo end)
  LC_ALL=C
  [ "\${#lines}" -eq $((bytes + 3)) ] || no '${cutOff}'
  if [ "$(stat -c %s "$journal" 2>/dev/null || echo 0)" -ge "$offset" ] && printf %s "\${lines%end}" | {
    umask 077
    dd of="$journal" bs=65536 iflag=fullblock oflag=seek_bytes seek="$offset" conv=notrunc,fsync 2>/dev/null
  }; then
    echo '${keptLine}' >&2
  fi
fi
exec 3>&2 2>/dev/null
(exec "$@" 2>&3 3>&- 8>&-)
exit $?`

/** What a guard checks, and what it carries. */
export interface Checked {
  readonly token: string
  readonly fence: number
  readonly scopes: readonly string[]
}

/** Lines of a run's journal on their way to the host, with the offset in its file at which they belong. */
export interface Lines {
  readonly file: string
  readonly offset: number
  readonly text: string
}

/** The words before a command that let it run only while the lease is ours; `lines` go before its input. */
export function guardWords(
  { token, fence, scopes }: Checked,
  lines?: Lines,
  base: string = stateDirectory,
): readonly string[] {
  const { file = '', offset = 0, text = '' } = lines ?? {}
  const carried = [`${base}/runs/${file}`, String(offset), String(Buffer.byteLength(text))]
  return ['/bin/sh', '-c', script, 'zdt-guard', base, token, String(fence), scopes.join(' '), ...carried]
}
