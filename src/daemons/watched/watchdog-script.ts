/**
 * What watches on the host: `sh -c SCRIPT zdt-watchdog TARGET BACKUP UNIT PID TICKS RESTARTS SECONDS`. Whether zdt lives or not: when
 * the master dies, the file at BACKUP is put at TARGET and UNIT is started again (TRAPS, case 1: systemd alone would start the
 * dying one until it gives up). Whoever stops or restarts UNIT on purpose is let: systemd counts its own restarts alone.
 */
export const watchdogScript = String.raw`
target=$1 backup=$2 unit=$3 pid=$4 ticks=$5 restarts=$6 seconds=$7
show() { systemctl show -p "$1" --value -- "$unit"; }
clock() { read -r now rest < /proc/uptime; now=${'$'}{now%.*}; }
start_of() {
  { read -r stat < "/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${'$'}{stat##*) }
  [ "$1" != Z ] || return 1
  shift 19
  began=$1
}
put_back() {
  logger -t zdt "$unit died with its new binary: the old one is put back and started"
  ln -fT -- "$backup" "$target.zdt-watchdog" && mv -fT -- "$target.zdt-watchdog" "$target"
  tries=0
  while [ $tries -lt 100 ]; do
    main=$(show MainPID)
    if [ "$main" != 0 ] && [ "/proc/$main/exe" -ef "$target" ]; then
      [ "$(show ActiveState)" != active ] || return 0
    elif [ "$main" = 0 ]; then
      systemctl reset-failed -- "$unit"
      systemctl start --no-block -- "$unit"
    else
      systemctl restart --no-block -- "$unit"
    fi
    tries=$((tries + 1))
    sleep 0.1
  done
  return 1
}
clock
early=$((now + 10)) end=$((now + seconds))
while clock; [ "$now" -lt "$end" ]; do
  if start_of "$pid" && [ "$began" = "$ticks" ]; then sleep 0.1; continue; fi
  state=$(show ActiveState)
  case $state/$(show SubState) in
    deactivating/*) sleep 0.1; continue ;;
    failed/* | */auto-restart*) put_back; exit ;;
  esac
  [ "$(show NRestarts)" -le "$restarts" ] || { put_back; exit; }
  if [ "$state" = inactive ]; then
    # Stopped on purpose, but hardly just now.
    [ "$now" -ge "$early" ] || put_back
    exit
  fi
  main=$(show MainPID)
  if [ "$main" != 0 ] && start_of "$main"; then pid=$main ticks=$began; else sleep 0.1; fi
done
`
