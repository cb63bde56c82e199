import { socketsFunction } from '../sockets-script.ts'

/**
 * Starts a daemon away from everything (TRAPS: trial start), as root: `sh -c outside zdt-trial INSIDE MASTER UNIT LIMIT
 * FILES PACKAGES WORD…`. MASTER (or, where that is empty, the main process of UNIT) is the one that runs: its mount namespace (a
 * sandboxed unit has its own), environment and words are used. LIMIT (s) bounds the whole: KILL for unshare takes its child,
 * pid 1 of the namespace, and with it every process and mount. FILES are lines, a path and then what is to lie there;
 * PACKAGES a directory of .deb files to be unpacked there, or empty.
 */
export const outside = String.raw`
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
LC_ALL=C; export LC_ALL
${socketsFunction}
inside=$1 master=$2 unit=$3 limit=$4 ZDT_FILES=$5 ZDT_PACKAGES=$6
shift 6
cd /
exec 3>&1 9< /proc/self/ns/net
echo '@zdt trial 1'
[ -n "$master" ] || master=$(systemctl show -p MainPID --value -- "$unit")
if ! [ -r "/proc/$master/environ" ]; then
  printf '@cannot\n %s is not running\n@end\n' "$unit"
  exit 0
fi
exec 7< "/proc/$master/cmdline" 8< "/proc/$master/environ"
ZDT_LOGS=$(readlink "/proc/$master/fd/"* 2>/dev/null | grep '^/' | sort -u)
ZDT_SOCKETS=$(sed -n 's#^[^ ]* [^ ]* [^ ]* [^ ]* [^ ]* [^ ]* *[^ ]* \(/.*\)#\1#p' /proc/self/net/unix)
ZDT_LINKS=$(ip -o link show 2>/dev/null | cut -d' ' -f2 | cut -d@ -f1 | tr -d :)
ZDT_ADDRESSES=$(ip -o address show 2>/dev/null | while read -r n link family address rest; do echo "$link $address"; done)
export ZDT_FILES ZDT_PACKAGES ZDT_LOGS ZDT_SOCKETS ZDT_LINKS ZDT_ADDRESSES
for f in ipv4 ipv6; do eval "ZDT_NONLOCAL_$f=$(cat /proc/sys/net/$f/ip_nonlocal_bind 2>/dev/null); export ZDT_NONLOCAL_$f"; done
group=$(sed -n 's#^\(0::\|[0-9]*:name=systemd:\)\(/.*\)#\2#p' "/proc/$master/cgroup" | grep -v '^/$' | tail -n 1)
echo '@host'
[ -z "$group" ] || family=$(cat "/sys/fs/cgroup$group/cgroup.procs" "/sys/fs/cgroup/systemd$group/cgroup.procs" 2>/dev/null)
sockets "$master" $family | sed 's/^/ /'
enter=
[ "$(readlink "/proc/$master/ns/mnt")" = "$(readlink /proc/self/ns/mnt)" ] || enter="nsenter -t $master -m"
said=$(timeout -s KILL "$limit" $enter unshare -mnpf --mount-proc --kill-child \
  sh -c "$inside" zdt-trial "$@" 2>&1 >&3 </dev/null)
printf '@ended %s\n' $?
printf '%s\n' "$said" | sed 's/^/ /'
echo '@end'
`
