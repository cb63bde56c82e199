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
unit=$1
nl='
'
at() { printf '@%s\n' "$*"; }
body() { sed 's/^/ /'; }
first() { line=; read -r line < "$1" 2>/dev/null || [ -n "$line" ]; }
${socketsFunction}

echo '@zdt nginx-picture 1'
own_root=$(stat -Lc %d:%i /)
{ read -r own_pid_ns; read -r own_mnt_ns; } <<END
$(readlink /proc/self/ns/pid /proc/self/ns/mnt)
END
at clock "$(date +%s%3N)"
read -r up rest < /proc/uptime; at uptime "$up"
read -r boot < /proc/sys/kernel/random/boot_id; at boot "$boot"
at processors "$(grep -c ^processor /proc/cpuinfo)"
at own "$own_pid_ns" "$own_mnt_ns" "$own_root"

titled= masters= local=
for f in $(grep -al '^nginx: ' /proc/[0-9]*/cmdline 2>/dev/null); do
  p=${'$'}{f#/proc/}; titled="$titled ${'$'}{p%/cmdline}"
done
namespaces=
for p in $titled; do namespaces="$namespaces /proc/$p/ns/pid"; done
[ -z "$namespaces" ] || namespaces=" $(find $namespaces -maxdepth 0 -printf '%p=%l ' 2>/dev/null)"
for p in $titled; do
  first /proc/$p/cmdline || continue
  case $line in 'nginx: '*) ;; *) continue ;; esac
  case $namespaces in *" /proc/$p/ns/pid=$own_pid_ns "*) ;; *) at elsewhere "$p" "$line"; continue ;; esac
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
unit_pidfile= main= exec_path=
while IFS= read -r line; do
  printf ' %s\n' "$line"
  case $line in
    PIDFile=*) unit_pidfile=${'$'}{line#PIDFile=} ;;
    MainPID=*) main=${'$'}{line#MainPID=} ;;
    'ExecStart={ path='*) exec_path=${'$'}{line#ExecStart=??path=}; exec_path=${'$'}{exec_path%%[ ;]*} ;;
  esac
done <<END
$facts
END
[ "$main" = 0 ] && main=

young= parents=
for p in $masters; do parents="$parents${'$'}{parents:+,}$p"; done
for p in $([ -z "$parents" ] || pgrep -P "$parents") $main; do
  case " $local $young " in *" $p "*) ;; *) [ -d "/proc/$p" ] && young="$young $p" ;; esac
done

# All that is known of all processes, each kind of fact by one program; awk puts together what belongs to one process.
# What a user may name (a folder, an argument) cannot begin a line: it comes behind a path, or behind ' arg '.
stats= cgroups= links= inodes= cmdlines=
for p in $local $young; do
  d=/proc/$p
  stats="$stats $d/stat" cgroups="$cgroups $d/cgroup" cmdlines="$cmdlines $d/cmdline"
  links="$links $d/exe $d/ns/mnt $d/cwd" inodes="$inodes $d/exe $d/root/ $d"
done
owners=
if [ -n "$stats" ]; then
  owners=" $(stat -Lc '%n=%d:%i=%u' $inodes 2>/dev/null | tr '\n' ' ')"
  { grep -H . $stats
    grep -HE '^(0::|[0-9]+:name=systemd:)' $cgroups
    find $links -maxdepth 0 -printf '%p link %l\0' | tr '\n\0' '?\n'
    for each in $owners; do printf '%s\n' "$each"; done
    sed -szn '1F; /./{s/\n/\n arg /g; s/^/ arg /; p}' $cmdlines | tr '\0' '\n'
  } 2>/dev/null | awk -v order="$local $young" '
    function add(pid, line) { facts[pid] = facts[pid] " " line "\n" }
    /^ arg / { if (current) add(current, substr($0, 2)); next }
    { split($0, path, "/"); pid = path[3] + 0; current = 0; rest = substr($0, length("/proc/" pid "/") + 1) }
    rest ~ /^cmdline$/ { current = pid }
    rest ~ /^stat:/ { alive[pid] = 1; add(pid, "stat " substr(rest, 6)) }
    rest ~ /^cgroup:/ { sub(/^cgroup:(0::|[0-9]+:name=systemd:)/, "", rest); add(pid, "cgroup " rest) }
    rest ~ /^exe link / { add(pid, "exe " substr(rest, 10)) }
    rest ~ /^ns\/mnt link / { add(pid, "mnt " substr(rest, 13)) }
    rest ~ /^cwd link / { add(pid, "cwd " substr(rest, 10)) }
    rest ~ /^exe=/ { split(rest, part, "="); add(pid, "inode " part[2]) }
    rest ~ /^root\/=/ { split(rest, part, "="); add(pid, "root " part[2]) }
    $0 ~ "^/proc/" pid "=" { split($0, part, "="); add(pid, "uid " part[3]) }
    END {
      n = split(order, pids, " ")
      for (i = 1; i <= n; i++) if (alive[pids[i]]) printf "@process %s\n%s", pids[i], facts[pids[i]]
    }'
fi

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
    stat -Lc 'stat %d:%i %s %a %u:%g' "$1"
    sha=$(sha256sum < "$1"); echo "sha256 ${'$'}{sha%% *}"
    folder=${'$'}{real%/*}; [ -w "${'$'}{folder:-/}" ] && echo 'folder writable'
    # The very file that was asked a moment ago says the same again.
    case $owners in
      *" /proc/$p/exe=$(stat -Lc %d:%i "$1")="*) printf '%s\n' "$V" ;;
      *) timeout 5 "$1" -V 2>&1 </dev/null ;;
    esac | sed 's/^/said /'
  } 2>/dev/null | body
}
r= p= V=
pidfile "$unit_pidfile"
for p in $masters; do
  case $owners in *" /proc/$p/root/=$own_root="*" /proc/$p="*"=0 "*) ;; *) continue ;; esac
  r=/proc/$p/root
  first /proc/$p/cmdline
  argv=${'$'}{line#'nginx: master process '}
  V=$(timeout 5 /proc/$p/exe -V 2>&1 </dev/null)
  at running "$p"; printf '%s\n' "$V" | body
  # What follows the last --NAME= it was built with, or the last -X it was started with.
  built() { case $V in *" --$1="*) value=${'$'}{V##*" --$1="}; value=${'$'}{value%%[\' $nl]*} ;; *) value= ;; esac; }
  option() {
    case $argv in *" -$1"*) value=${'$'}{argv##*" -$1"} ;; *) value=; return ;; esac
    while :; do case $value in ' '*) value=${'$'}{value# } ;; *) break ;; esac; done
    value=${'$'}{value%% *}
  }
  option p; [ -n "$value" ] || built prefix; prefix=${'$'}{value:-/usr/local/nginx}
  under() { case $1 in ''|/*) under=$1 ;; *) under=${'$'}{prefix%/}/$1 ;; esac; }
  option c; [ -n "$value" ] || built conf-path; under "${'$'}{value:-conf/nginx.conf}"; conf=$under
  at config "$p" "$conf"
  [ -f "$r$conf" ] && head -c 262144 "$r$conf" | body; echo
  built pid-path; under "$value"; pidfile "$under"
  # Only what stands at the margin: what is included inside of http {} is not ours to read, and large.
  named=$(sed -n "s/^include[[:space:]]\{1,\}\([^;]*\);.*/include \1/; t bare
    s/^[[:space:]]*pid[[:space:]]\{1,\}\([^;]*\);.*/pid \1/; t bare
    b
    :bare
    s/[\"']//g; p" "$r$conf" 2>/dev/null)
  case $argv in *[\ \;]'pid '*) named="$named${'$'}nl$(printf '%s\n' "$argv" | sed -n 's/.*[ ;]pid \{1,\}\([^ ;]*\).*/pid \1/p')" ;; esac
  while read -r kind f; do
    case $kind in
      pid) under "$f"; pidfile "$under" ;;
      include)
        case $f in /*) ;; *) f=${'$'}{conf%/*}/$f ;; esac
        for f in $r$f; do
          [ -f "$f" ] || continue
          at include "$p" "${'$'}{f#$r}"; head -c 65536 "$f" | body; echo
          under "$(sed -n "s/^pid[[:space:]]\{1,\}\([^;]*\);.*/\1/; t bare
            b
            :bare
            s/[\"']//g; p" "$f")"; pidfile "$under"
        done ;;
    esac
  done <<END
$named
END
  at sockets "$p"; sockets "$p" | body
  binary "${'$'}{argv%% *}"
done
case $exec_path in */nginx*) binary "$exec_path" ;; esac
echo '@end'
`
