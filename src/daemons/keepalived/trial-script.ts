import { world } from '../trial/world.ts'

/**
 * The inside of Keepalived's trial: `WATCH [BINARY]`. With the words of the running one: its own check, its start, and two looks at
 * parent and children, WATCH (s) apart. What it announces in there nobody hears: interfaces have the host's names and
 * addresses and lead nowhere. Scripts that are told of a change of state are not run, for such a change is not real there.
 */
export const keepalivedInside = String.raw`
watch=$1 binary=$2
${world}
words=$(tr '\0' '\n' <&7)
set -f
IFS='
'
set -- $words
unset IFS
set +f
if [ -n "$binary" ]; then shift; set -- "$binary" "$@"; fi

conf=/etc/keepalived/keepalived.conf take=
# 2.2.7 reads nothing from the pid file of a 2.3.3 that runs outside of here, and says that a daemon is running.
rm -f $N/run/keepalived*.pid $N/run/vrrp*.pid $N/run/checkers*.pid
for word; do
  case $word in
    -f | --use-file) take=yes ;;
    -f?*) conf=${'$'}{word#-f} ;;
    --use-file=*) conf=${'$'}{word#*=} ;;
    *) [ -z "$take" ] || conf=$word; take= ;;
  esac
done
# It reads no file that may be executed, and says so, and is content (2.2, 2.3).
content() { chroot $N sh -c '[ -x "$1" ] || cat "$1"' zdt-config "$conf" 2>/dev/null | sed 's/[#!].*//' | grep -c '[^[:space:]]'; }
echo "@config $conf $(content)"

# 2.2.7 ends itself by SIGTERM where the configuration names a script, and would answer 143 to all of them.
(trap '' TERM; within "$@" -t) > $T/said 2>&1
code=$?
echo "@check $code"
head -c 65536 $T/said | body
[ $code = 0 ] || exit 0

chroot $N find "$(dirname "$conf")" -type f -name '*.conf' -exec sed -i '/^[[:space:]]*notify/d; /^[[:space:]]*smtp_alert/d' {} +
within "$@" --dont-fork --log-console > $T/said 2>&1 &
daemon=$!
name=$(basename "$1" | cut -c1-15)
family() { cat /proc/[0-9]*/stat 2>/dev/null | sed -n "s/^\([0-9]*\) ($name) [^ZX] \([0-9]*\) .*/\1 \2/p"; }
child() { family | grep -q " $daemon\$"; }
tries=0
while ! child && kill -0 $daemon 2>/dev/null && [ $tries -lt 30 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
look() { echo '@look'; family | body; }
sleep "$watch"; look; sleep "$watch"; look
code=0
kill -0 $daemon 2>/dev/null || { wait $daemon; code=$?; }
echo "@start $code"
head -c 65536 $T/said | body
exit 0
`
