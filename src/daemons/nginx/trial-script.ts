import { world } from '../trial/world.ts'

/**
 * The inside of nginx's trial: `WATCH BINARY OPTION…`. Its own check, its start, and two looks at its processes, WATCH (s)
 * apart. `-t` in here leaves nothing behind on the host: no empty pid file, no log that root owns (TRAPS: nginx).
 */
export const nginxInside = String.raw`
watch=$1 binary=$2
shift 2
${world}
check() { within "$binary" "$@" -t > $T/said 2>&1; code=$?; }
while check "$@"; [ $code != 0 ]; do
  learn '.*host not found in [a-z ]*"\([^":]*\).*' $T/said || break
done
echo "@check $code"
head -c 65536 $T/said | body
[ $code = 0 ] || exit 0

within "$binary" "$@" > $T/said 2>&1
code=$?
echo "@start $code"
head -c 65536 $T/said | body

look() {
  echo '@look'
  grep -al '^nginx: ' /proc/[0-9]*/cmdline | sed 's#^/proc/##; s#/cmdline$##' | while read -r p; do
    title=; read -r title < /proc/$p/cmdline; printf ' %s %s\n' "$p" "$title"
  done 2>/dev/null
}
if [ $code = 0 ]; then
  sleep "$watch"; look; sleep "$watch"; look
  m=$(grep -al '^nginx: master process ' /proc/[0-9]*/cmdline | head -n 1 | cut -d/ -f3)
  echo '@sockets'
  sockets "$m" | body
  echo '@log'
  # Links show where the files are from here, outside of the new root.
  readlink /proc/$m/fd/* | grep '^/' | sort -u | while read -r f; do
    head -c 262144 "$f" | grep -a '\[\(emerg\|alert\|crit\|error\)\]'
  done 2>/dev/null | head -n 50 | body
fi
exit 0
`
