/**
 * What `runningCode` runs on the host, as root, in one go: `sh -c SCRIPT zdt-running-code UNIT…`. It only reads: of each
 * process in a unit's control group the files whose code it executes, by /proc/PID/maps; whose files they are, by dpkg; and
 * what apt, by the lists that it has, would put in their place. A file that is said to be deleted is not, where the very
 * same one lies at its path again.
 */
export const staleScript = String.raw`
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
LC_ALL=C; export LC_ALL
body() { sed 's/^/ /'; }
echo '@zdt running-code 1'
groups=/sys/fs/cgroup
[ -e $groups/cgroup.controllers ] || groups=$groups/systemd
code() { awk '$2 ~ /x/ && $6 ~ "^/" && $6 !~ "^/(memfd:|SYSV|dev/|anon_hugepage)" { i = $5; sub(/^([^ ]+ +){5}/, ""); print i, $0 }' "/proc/$1/maps" 2>/dev/null | sort -u; }
seen=$(for unit; do
  echo "@unit $unit"
  facts=$(systemctl show --no-pager -p MainPID,ControlGroup -- "$unit" 2>/dev/null)
  main=$(printf '%s\n' "$facts" | sed -n 's/^MainPID=//p')
  group=$(printf '%s\n' "$facts" | sed -n 's/^ControlGroup=//p')
  [ -n "$group" ] || continue
  find "$groups$group" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -n | while read -r p; do
    echo "@process $p"
    [ "$p" = "$main" ] && echo ' main'
    code "$p" | while read -r inode path; do
      case $path in *' (deleted)') ;; *) echo "live $path"; continue ;; esac
      path=$(printf '%s\n' "$path" | sed 's/ (deleted)$//')
      [ "$(stat -Lc %i "/proc/$p/root$path" 2>/dev/null)" = "$inode" ] && echo "live $path" || echo "gone $path"
    done | body
  done
done)
printf '%s\n' "$seen"
if command -v dpkg-query >/dev/null; then
  # Of a merged /usr, dpkg knows some files by the name that they had before.
  owners=$(printf '%s\n' "$seen" | sed -n 's/^ \(live\|gone\) //p' | sort -u | sed 'p; s#^/usr/#/#' | tr '\n' '\0' |
    xargs -0 dpkg-query -S 2>/dev/null | sed -n 's/^\([a-z0-9][^ ,]*\):  *\//\1 \//p')
  echo '@owners'
  printf '%s\n' "$owners" | body
  echo '@policy'
  apt-cache policy $(printf '%s\n' "$owners" | cut -d' ' -f1 | sort -u) 2>/dev/null | body
  echo "@lists $(stat -c %Y /var/lib/apt/lists/partial 2>/dev/null)"
fi
echo '@end'
`
