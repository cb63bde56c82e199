import { socketsFunction } from '../sockets-script.ts'

/**
 * What the inside of every trial begins with: pid 1 of its own pid, mount and network namespaces makes a world like the
 * host's, under `$N`. The whole file system becomes copy-on-write (an overlay over each mounted one, on a tmpfs), wherever the
 * configuration keeps its pid file, sockets, logs and caches; what cannot be overlaid is bound read-only. The new files
 * are put in their places there, those of packages that are not installed yet among them. The network has interfaces of the same names and addresses, which lead nowhere.
 *
 * Three things differ from the host: open logs are emptied, for a log that is written to is copied whole into memory;
 * sockets are removed, or their addresses would be "in use" and the host's own syslog and systemd would hear of it all; and
 * names that a start looks up are answered from the host's network (`learn`), for this one has none.
 */
export const world = String.raw`
${socketsFunction}
body() { sed 's/^/ /'; }
cannot() { printf '@cannot\n'; printf '%s\n' "$1" | body; exit 0; }
T=/dev/shm
[ -d $T ] || T=/mnt
said=$(mount -t tmpfs -o mode=755 zdt-trial $T 2>&1) || cannot "$said"
N=$T/root
mkdir $N
layer() {
  mkdir -p "$T/$2/upper" "$T/$2/work" && chmod --reference="$1" "$T/$2/upper" && chown --reference="$1" "$T/$2/upper" &&
    mount -t overlay -o "lowerdir=$1,upperdir=$T/$2/upper,workdir=$T/$2/work" zdt-trial "$N$1"
}
said=$(layer / 0 2>&1) || cannot "$said"
n=0
cut -d' ' -f5 /proc/self/mountinfo | while read -r m; do
  n=$((n + 1))
  case $m in
    / | /proc | /proc/* | /sys | /sys/* | /dev | /dev/* | $T | $T/*) continue ;;
    /snap/* | /run/user/* | /run/netns/* | /run/docker/* | /var/lib/docker/* | /var/lib/containers/* | /var/lib/kubelet/*) continue ;;
    *[,:\\]*) ;;
    *) [ -S "$m" ] && continue; [ -d "$m" ] && layer "$m" "$n" && continue ;;
  esac
  mount --bind "$m" "$N$m" && mount -o remount,bind,ro "$N$m"
done 2>/dev/null
said=$({ mount -t proc proc $N/proc && mount --rbind /sys $N/sys && mount --rbind /dev $N/dev && mount -t tmpfs zdt-trial $N/dev/shm; } 2>&1) || cannot "$said"
printf '%s\n' "$ZDT_SOCKETS" | while read -r f; do [ -S "$N$f" ] && rm -f "$N$f"; done 2>/dev/null
printf '%s\n' "$ZDT_LOGS" | while read -r f; do
  [ -f "$N$f" ] && cp --attributes-only -p "$N$f" $T/log && rm -f "$N$f" && cp -p $T/log "$N$f"; rm -f $T/log
done 2>/dev/null

# By chroot: what an absolute symbolic link leads to from here is the host's own file.
said=$(printf '%s\n' "$ZDT_FILES" | while read -r path && read -r staged; do
  chroot $N sh -c 'mkdir -p "$(dirname "$1")" && if [ -e "$1" ]; then cat "$2" > "$1"; else cp -p "$2" "$1"; fi' zdt-stage "$path" "$staged" || exit 1
done 2>&1) || cannot "$said"

# What packages bring, but for configuration: that is the host's own. By chroot, so that links lead nowhere else.
[ -z "$ZDT_PACKAGES" ] || said=$(for f in "$ZDT_PACKAGES"/*.deb; do
  dpkg-deb --info "$f" conffiles 2>/dev/null | sed 's#^/#./#' > $N/.zdt-conffiles
  dpkg-deb --fsys-tarfile "$f" | chroot $N tar -x --keep-directory-symlink --no-overwrite-dir --exclude-from=/.zdt-conffiles || exit 1
done 2>&1) || cannot "$said"
rm -f $N/.zdt-conffiles

ip link set lo up
n=0
for link in $ZDT_LINKS; do
  n=$((n + 1))
  case $link in lo | veth*) continue ;; esac
  ip link add "$link" type dummy || ip link add "$link" type veth peer name "zdt$n" && ip link set "zdt$n" up
  ip link set "$link" up
done 2>/dev/null
printf '%s\n' "$ZDT_ADDRESSES" | while read -r link address; do
  ip address add "$address" dev "$link" nodad || ip address add "$address" dev "$link"
done 2>/dev/null
echo "$ZDT_NONLOCAL_ipv4" > /proc/sys/net/ipv4/ip_nonlocal_bind
[ -z "$ZDT_NONLOCAL_ipv6" ] || echo "$ZDT_NONLOCAL_ipv6" > /proc/sys/net/ipv6/ip_nonlocal_bind

# The master's own environment, without what was said to that very process. Never as words of a command: ps shows those.
# A value may have line ends in it (sudo's own SUDO_COMMAND has), which are of no use here.
lines() { tr '\n\0' ' \n' | grep -a '^[A-Za-z_][A-Za-z0-9_]*='; }
environment=$(lines <&8 |
  grep -Ev '^(NOTIFY_SOCKET|LISTEN_(FDS|PID|FDNAMES)|WATCHDOG_(PID|USEC)|NGINX|HAPROXY_(PROCESSES|MWORKER\w*|STARTUPLOGS_FD|LOAD_SUCCESS|LOCALPEER|CFGFILES|(MASTER_)?CLI|STARTUP_VERSION|\w+_LOG_FMT))=')
CHROOT=$(command -v chroot)
within() (
  for name in $(env -0 | lines | cut -d= -f1); do unset "$name"; done
  # nginx writes its title over its environment: then there is none.
  while IFS= read -r line; do [ -z "$line" ] || export "$line"; done <<end
$environment
end
  exec "$CHROOT" $N "$@" </dev/null 3>&- 7<&- 8<&- 9<&-
)

# learn PATTERN FILE: answers the names that FILE complains of; fails when there is nothing new to say.
learn() {
  learned=
  for name in $(sed -n "s/$1/\1/p" "$2" | sort -u); do
    grep -q " $name\$" $N/etc/hosts && continue
    found=$(nsenter --net=/proc/self/fd/9 getent ahosts "$name" | cut -d' ' -f1 | sort -u)
    [ -n "$found" ] && printf '%s\n' "$found" | sed "s/\$/ $name/" >> $N/etc/hosts && learned=yes
  done
  [ -n "$learned" ]
}
`
