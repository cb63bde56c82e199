/**
 * What `appProcess` runs on the host, as root, in one go: `sh -c SCRIPT zdt-app-process UNIT FILE`. It only reads, and
 * executes nothing of the application.
 */
export const processScript = String.raw`
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
LC_ALL=C; export LC_ALL
unit=$1 file=$2
groups=/sys/fs/cgroup
[ -e $groups/cgroup.controllers ] || groups=$groups/systemd
echo '@zdt app-process 1'
echo '@unit'
facts=$(systemctl show --no-pager -p Id,LoadState,ActiveState,SubState,Type,PIDFile,MainPID,ExecStart,ControlGroup,KillMode,Restart,NRestarts,Result,NeedDaemonReload -- "$unit" 2>&1)
printf '%s\n' "$facts" | sed 's/^/ /'
group=$(printf '%s\n' "$facts" | sed -n 's/^ControlGroup=//p')
[ -z "$group" ] || find "$groups$group" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -n | while read -r p; do
  exe=$(stat -Lc %d:%i "/proc/$p/exe" 2>/dev/null) || continue
  echo "@process $p"
  echo " stat $(cat "/proc/$p/stat" 2>/dev/null)"
  echo " inode $exe"
  echo " exe $(readlink "/proc/$p/exe" 2>/dev/null)"
done
echo "@file $(stat -Lc %d:%i -- "$file" 2>/dev/null)"
echo '@end'
`
