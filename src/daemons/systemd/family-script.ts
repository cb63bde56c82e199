/**
 * What `unitFamily` runs on the host, as root, in one go: `sh -c SCRIPT zdt-unit-family UNIT SINCE`. It only reads. SINCE
 * (seconds since 1970, or empty) is from when on the unit's journal is wanted. argv[0] is asked for its version, by `-v`.
 */
export const familyScript = String.raw`
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
LC_ALL=C; export LC_ALL
unit=$1 since=$2
body() { sed 's/^/ /'; }
echo '@zdt unit-family 1'
echo "@clock $(date +%s%3N)"
echo '@unit'
facts=$(systemctl show --no-pager -p Id,LoadState,ActiveState,SubState,Type,PIDFile,MainPID,ExecStart,ControlGroup,KillMode,Restart,NRestarts,Result,NeedDaemonReload -- "$unit" 2>&1)
printf '%s\n' "$facts" | body
master=$(printf '%s\n' "$facts" | sed -n 's/^MainPID=//p')
if [ "$master" != 0 ] && [ -d "/proc/$master" ]; then
  for p in $master $(pgrep -P "$master"); do
    echo "@process $p"
    { echo "stat $(cat /proc/$p/stat)"
      echo "exe $(readlink /proc/$p/exe)"
      echo "inode $(stat -Lc %d:%i /proc/$p/exe)"
      tr '\0' '\n' < /proc/$p/cmdline | sed 's/^/arg /'
    } 2>/dev/null | body
  done
  binary=$(tr '\0' '\n' < /proc/$master/cmdline 2>/dev/null | head -n 1)
  case $binary in
    /*)
      echo "@binary $binary"
      { echo "inode $(stat -Lc %d:%i "$binary")"
        [ -f "$binary" ] && [ -x "$binary" ] && echo executable
        timeout 5 "$binary" -v 2>&1 </dev/null | head -n 1 | sed 's/^/said /'
      } 2>/dev/null | body ;;
  esac
fi
echo '@journal'
[ -z "$since" ] || journalctl --no-pager -q -o short-unix -u "$unit" --since "@$since" 2>/dev/null | tail -n 300 | body
echo '@addresses'
ip -o address show 2>/dev/null | while read -r n link family address rest; do echo " $link $address"; done
echo '@end'
`
