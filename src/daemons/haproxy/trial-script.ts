import { world } from '../trial/world.ts'

/**
 * The inside of HAProxy's trial: `WATCH [BINARY]`. With the words of the running master, but without those that its last
 * reload added: what the files are (`@config`, with everything that is in them), its own check, its start, and two looks at
 * master and workers, WATCH (s) apart, from when there is a worker on (a large configuration takes seconds to read).
 */
export const haproxyInside = String.raw`
watch=$1 binary=$2
${world}
words=$(tr '\0' '\n' <&7)
set -f
IFS='
'
set -- $words
unset IFS
set +f
n=$#
while [ $n -gt 0 ]; do
  word=$1
  shift
  n=$((n - 1))
  case $word in
    -sf | -st) while [ $n -gt 0 ] && case $1 in *[!0-9]*) false ;; esac; do shift; n=$((n - 1)); done ;;
    -x) shift; n=$((n - 1)) ;;
    *) set -- "$@" "$word" ;;
  esac
done
if [ -n "$binary" ]; then shift; set -- "$binary" "$@"; fi

config() {
  chroot $N sh -c 'if [ -d "$1" ]; then set -- "$1"/*.cfg; fi
    for f; do echo "@config $f"; head -c 1048576 "$f" | sed "s/^/ /"; echo; done' zdt-config "$1" 2>/dev/null
}
take=
for word; do
  case $word in
    --) take=all ;;
    -f) take=one ;;
    *) [ -z "$take" ] || config "$word"; [ "$take" = all ] || take= ;;
  esac
done
printf '@environment\n'
printf '%s\n' "$environment" | sed 's/=.*//' | body

check() { within "$@" -c > $T/said 2>&1; code=$?; }
while check "$@"; [ $code != 0 ]; do
  learn ".*could not resolve address '\([^']*\)'.*" $T/said || break
done
echo "@check $code"
head -c 65536 $T/said | body
[ $code = 0 ] || exit 0

within "$@" > $T/said 2>&1 &
daemon=$!
name=$(basename "$1" | cut -c1-15)
family() { cat /proc/[0-9]*/stat 2>/dev/null | sed -n "s/^\([0-9]*\) ($name) [^ZX] \([0-9]*\) .*/\1 \2/p"; }
worker() { family > $T/family; while read -r p parent; do grep -q "^$parent " $T/family && echo "$p"; done < $T/family; }
tries=0
while [ -z "$(worker)" ] && [ $tries -lt 100 ]; do
  kill -0 $daemon 2>/dev/null || [ -s $T/family ] || break
  sleep 0.1
  tries=$((tries + 1))
done
look() { echo '@look'; family | body; }
sleep "$watch"; look; sleep "$watch"; look
code=0
kill -0 $daemon 2>/dev/null || { wait $daemon; code=$?; }
echo "@start $code"
head -c 65536 $T/said | body
echo '@sockets'
pids=$(family | cut -d' ' -f1)
[ -z "$pids" ] || sockets $pids | body
exit 0
`
