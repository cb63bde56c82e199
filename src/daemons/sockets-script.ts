/**
 * A function for scripts: `sockets PID…` prints, for `parseSockets`, the socket descriptors of these processes and every
 * listening socket of the network that the first of them lives in.
 */
export const socketsFunction = String.raw`
sockets() {
  for p in "$@"; do stat -c %N /proc/$p/fd/*; done 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\].*/fd \1/p'
  for f in tcp tcp6; do sed -n "s/^ *[0-9]*: \([^ ]* [^ ]* 0A .*\)/$f \1/p" /proc/$1/net/$f; done 2>/dev/null
  for f in udp udp6; do sed -n "s/^ *[0-9]*: \([^ ]* [^ ]* 07 .*\)/$f \1/p" /proc/$1/net/$f; done 2>/dev/null
  sed -n 's/^\([^ ]* [^ ]* [^ ]* 00010000 .*\)/unix \1/p' /proc/$1/net/unix 2>/dev/null
}
`
