/**
 * A function for scripts: `sockets PID…` prints, for `parseSockets`, the socket descriptors of these processes and every
 * listening socket of the network that the first of them lives in. Three programs, however many processes: forks are what
 * such a look costs.
 */
export const socketsFunction = String.raw`
sockets() {
  tables= fds=
  for t in tcp tcp6 udp udp6 unix; do [ ! -r /proc/$1/net/$t ] || tables="$tables /proc/$1/net/$t"; done
  for p in "$@"; do fds="$fds /proc/$p/fd/*"; done
  stat -c %N $fds 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\].*/fd \1/p'
  [ -z "$tables" ] || awk '
    FNR == 1 { kind = FILENAME; sub(/.*\//, "", kind) }
    kind == "unix" { if ($4 == "00010000") print kind, $0; next }
    $4 == (kind ~ /^tcp/ ? "0A" : "07") { sub(/^ *[0-9]+: /, ""); print kind, $0 }' $tables 2>/dev/null
}
`
