import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import type { Millis } from '../lib/types.ts'

/** Exit codes of the script that are ours to explain. */
export const writeCodes = { noDirectory: 66, short: 74 } as const

/*
 * $1 target, $2 mode for a new file, $3 bytes to come, $4 temp name, $5 seconds. All by position: any name works.
 * - a symbolic link is followed, so that sites-enabled/x stays a link;
 * - the size is checked, since a connection that dies half-way looks like the end of the content to `cat`; and the time,
 *   since of a network that has gone sshd may learn nothing for hours;
 * - owner, mode and xattrs come after the content, since writing erases file capabilities, and chown does too (cp
 *   knows the order);
 * - only a file system without xattrs may do without them.
 */
const script = `set -u
umask 077
target=$1
if [ -L "$target" ]; then resolved=$(readlink -f "$target" && printf x) || exit ${writeCodes.noDirectory}; target=\${resolved%??}; fi
case $target in */*) dir=\${target%/*}/ ;; *) dir=./ ;; esac
[ -d "$dir" ] || exit ${writeCodes.noDirectory}
temp=$dir$4
trap 'rm -f "$temp"' EXIT
trap 'exit 129' HUP INT TERM PIPE
timeout --foreground "$5" cat >"$temp" || [ $? = 124 ] || exit 1
[ "$(wc -c <"$temp")" -eq "$3" ] || exit ${writeCodes.short}
if [ -e "$target" ]; then
  label=; [ ! -e /sys/fs/selinux/enforce ] || label=,context
  said=$(LC_ALL=C cp --attributes-only --preserve=mode,ownership,xattr$label "$target" "$temp" 2>&1) || case $said in
    *'Operation not supported'*) cp --attributes-only --preserve=mode,ownership "$target" "$temp" || exit 1 ;;
    *) printf '%s\\n' "$said" >&2; exit 1 ;;
  esac
else
  chmod "$2" "$temp" || exit 1
fi
sync "$temp" || exit 1
mv -fT "$temp" "$target" || exit 1
sync "$dir"`

/** A path that no command takes for an option. */
export function asOperand(path: string): string {
  return path.startsWith('-') ? `./${path}` : path
}

/** The command that replaces `path` in one step by `bytes` bytes from its stdin; all three transports use it. */
export function writeCommand(path: string, bytes: number, mode: string, timeout: Millis): readonly string[] {
  // Named after its target, so that what a host that died on it left can be found (src/steps/temps.ts).
  const temp = `.${basename(path).slice(0, 100)}.zdt-${randomBytes(6).toString('hex')}`
  const seconds = Math.ceil(timeout / 1000)
  return ['/bin/sh', '-c', script, 'zdt-write', asOperand(path), mode, `${bytes}`, temp, `${seconds}`]
}
