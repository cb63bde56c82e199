import { socketsFunction } from '../sockets-script.ts'

/**
 * What `nginxPicture` runs on the host, as root, in one go: `sh -c SCRIPT zdt-nginx-picture UNIT`, UNIT empty for
 * "the one the master runs in". It only reads. Each block is a line `@name argument` and body lines that begin with a
 * blank, so that no content can be taken for a frame, and a banner before `@zdt` is no answer.
 * It runs `-V` of binaries that root's processes run, never of anybody else's: a title is easily forged.
 */
export const pictureScript = String.raw`
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
LC_ALL=C; export LC_ALL
QUOTING_STYLE=literal; export QUOTING_STYLE
unit=$1
at() { printf '@%s\n' "$*"; }
body() { sed 's/^/ /'; }
first() { read -r line < "$1" 2>/dev/null || [ -n "$line" ]; }
${socketsFunction}
own_pid_ns=$(readlink /proc/self/ns/pid)
own_root=$(stat -Lc %d:%i /)

echo '@zdt nginx-picture 1'
at clock "$(date +%s%3N)"
at uptime "$(cut -d' ' -f1 /proc/uptime)"
at boot "$(cat /proc/sys/kernel/random/boot_id)"
at processors "$(grep -c ^processor /proc/cpuinfo)"
at own "$own_pid_ns" "$(readlink /proc/self/ns/mnt)" "$own_root"

titled=$(grep -al '^nginx: ' /proc/[0-9]*/cmdline 2>/dev/null | sed 's|^/proc/||; s|/cmdline$||')
masters= local=
for p in $titled; do
  line=; first /proc/$p/cmdline || continue
  case $line in 'nginx: '*) ;; *) continue ;; esac
  if [ "$(readlink /proc/$p/ns/pid)" != "$own_pid_ns" ]; then
    at elsewhere "$p" "$line"; continue
  fi
  local="$local $p"
  case $line in 'nginx: master process '*) masters="$masters $p" ;; esac
done

if [ -z "$unit" ]; then
  for p in $masters; do
    u=$(sed -n 's#^\(0::\|[0-9]*:name=systemd:\).*/\([^/]*\.service\)$#\2#p' /proc/$p/cgroup 2>/dev/null | tail -n 1)
    [ -n "$unit" ] && [ "$u" != nginx.service ] || unit=$u
  done
  [ -n "$unit" ] || unit=nginx.service
fi
at unit "$unit"
facts=$(systemctl show --no-pager "$unit" \
  -p Id,LoadState,ActiveState,SubState,Type,PIDFile,MainPID,ControlPID,ExecStart,ControlGroup,KillMode,Restart,FragmentPath,NRestarts,Result,NeedDaemonReload 2>&1)
printf '%s\n' "$facts" | body
unit_pidfile=$(printf '%s\n' "$facts" | sed -n 's/^PIDFile=//p')
main=$(printf '%s\n' "$facts" | sed -n 's/^MainPID=//p')
[ "$main" = 0 ] && main=

young=
for p in $masters; do
  for c in $(pgrep -P "$p"); do
    case " $local $young " in *" $c "*) ;; *) young="$young $c" ;; esac
  done
done
case " $local $young " in *" $main "*) ;; *) [ -d "/proc/$main" ] && young="$young $main" ;; esac

for p in $local $young; do
  [ -r /proc/$p/stat ] || continue
  at process "$p"
  { echo "stat $(cat /proc/$p/stat)"
    echo "uid $(stat -c %u /proc/$p)"
    echo "exe $(readlink /proc/$p/exe)"
    echo "inode $(stat -Lc %d:%i /proc/$p/exe)"
    echo "mnt $(readlink /proc/$p/ns/mnt)"
    echo "root $(stat -Lc %d:%i /proc/$p/root/)"
    echo "cwd $(readlink /proc/$p/cwd)"
    sed -n 's#^\(0::\|[0-9]*:name=systemd:\)#cgroup #p' /proc/$p/cgroup
    tr '\0' '\n' < /proc/$p/cmdline | sed '/^$/d; s/^/arg /'
  } 2>/dev/null | body
done

seen=
pidfile() {
  case $1 in /*) ;; *) return ;; esac
  case $seen in *"|$1|"*) return ;; esac
  seen="$seen|$1|"
  for f in "$1" "$1.oldbin"; do
    if [ -e "$r$f" ]; then at pidfile "$f"; head -c 64 "$r$f" | body; echo; fi
  done
}
binary() {
  case $1 in /*) ;; *) return ;; esac
  case $seen in *"|$1|"*) return ;; esac
  seen="$seen|$1|"
  at binary "$1"
  real=$(readlink -f "$1")
  { echo "real $real"
    echo "stat $(stat -Lc '%d:%i %s %a %u:%g' "$1")"
    echo "sha256 $(sha256sum < "$1" | cut -d' ' -f1)"
    [ -w "$(dirname "$real")" ] && echo 'folder writable'
    timeout 5 "$1" -V 2>&1 </dev/null | sed 's/^/said /'
  } 2>/dev/null | body
}
r=
pidfile "$unit_pidfile"
for p in $masters; do
  [ "$(stat -c %u /proc/$p 2>/dev/null)" = 0 ] || continue
  r=/proc/$p/root
  [ "$(stat -Lc %d:%i $r/ 2>/dev/null)" = "$own_root" ] || continue
  line=; first /proc/$p/cmdline
  argv=$(printf '%s' "$line" | sed 's/^nginx: master process //')
  V=$(timeout 5 /proc/$p/exe -V 2>&1 </dev/null)
  at running "$p"; printf '%s\n' "$V" | body
  built() { printf '%s\n' "$V" | sed -n "s/^configure arguments:.* --$1=\([^ ']*\).*/\1/p"; }
  option() { printf '%s\n' "$argv" | sed -n "s/.* -$1 *\([^ ]*\).*/\1/p"; }
  prefix=$(option p); [ -n "$prefix" ] || prefix=$(built prefix); [ -n "$prefix" ] || prefix=/usr/local/nginx
  conf=$(option c); [ -n "$conf" ] || conf=$(built conf-path); [ -n "$conf" ] || conf=conf/nginx.conf
  under() { case $1 in '') ;; /*) printf %s "$1" ;; *) printf '%s/%s' "${'$'}{prefix%/}" "$1" ;; esac; }
  conf=$(under "$conf")
  at config "$p" "$conf"
  [ -f "$r$conf" ] && head -c 262144 "$r$conf" | body; echo
  # Only what stands at the margin: what is included inside of http {} is not ours to read, and large.
  sed -n 's/^include[[:space:]]\{1,\}\([^;]*\);.*/\1/p' "$r$conf" 2>/dev/null | tr -d "\"'" | while read -r f; do
    case $f in /*) ;; *) f=$(dirname "$conf")/$f ;; esac
    for f in $r$f; do [ -f "$f" ] && { at include "$p" "${'$'}{f#$r}"; head -c 65536 "$f" | body; echo
      pidfile "$(under "$(sed -n 's/^pid[[:space:]]\{1,\}\([^;]*\);.*/\1/p' "$f" | tr -d "\"'")")"; }; done
  done
  pidfile "$(under "$(built pid-path)")"
  { printf '%s\n' "$argv" | sed -n 's/.*[ ;]pid \{1,\}\([^ ;]*\).*/\1/p'
    sed -n 's/^[[:space:]]*pid[[:space:]]\{1,\}\([^;]*\);.*/\1/p' "$r$conf" 2>/dev/null | tr -d "\"'"
  } | { while read -r f; do pidfile "$(under "$f")"; done; }
  at sockets "$p"; sockets "$p" | body
  binary "${'$'}{argv%% *}"
done
exec_path=$(printf '%s\n' "$facts" | sed -n 's/^ExecStart={ path=\([^ ;]*\).*/\1/p')
case $exec_path in */nginx*) binary "$exec_path" ;; esac
echo '@end'
`
