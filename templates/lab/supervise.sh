#!/bin/sh
# Keeps one lab host running: supervise.sh CGROUP COMMAND…
# A host that was told to reboot makes systemd-nspawn exit with 133, and whoever started it must start it again.
set -u
echo $$ > "$1/cgroup.procs" || exit 1
shift
while :; do
  "$@"
  [ $? -eq 133 ] || exit
done
