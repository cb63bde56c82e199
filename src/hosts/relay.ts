import { asOperand } from './write.ts'

/*
 * Each relay connects, says on its first line `0 connected` or `ERRNO words`, and then passes bytes both ways: the end
 * of stdin half-closes the socket, the end of the socket ends the relay.
 */
/** A function of perl's, which ends with the relay. */
export const perlRelay = `sub pump { my ($from, $to) = @_; while (1) {
  my $n = sysread($from, my $bytes, 65536); exit 1 unless defined $n; return if $n == 0;
  for (my $at = 0; $at < $n;) { my $w = syswrite($to, $bytes, $n - $at, $at); exit 1 unless defined $w; $at += $w }
} }
sub relay { my ($path, $s) = @_;
  # AF_UNIX and SOCK_STREAM by Linux's own numbers: to load perl's Socket module takes three times as long as perl.
  unless (socket($s, 1, 1, 0) && connect($s, pack("Sa*x", 1, $path))) { syswrite STDOUT, ($! + 0) . " $!\\n"; exit 0 }
  syswrite STDOUT, "0 connected\\n";
  my $child = fork;
  if (!$child) { close STDOUT; pump(\\*STDIN, $s); shutdown($s, 1); exit 0 }
  close STDIN; pump($s, \\*STDOUT); kill "TERM", $child; exit 0;
}`

const perl = `${perlRelay} relay(shift)`

const python = `import os, signal, socket, sys
s = socket.socket(socket.AF_UNIX)
try:
    s.connect(sys.argv[1])
except OSError as e:
    os.write(1, ("%d %s\\n" % (e.errno or 22, e.strerror or e)).encode())
    sys.exit(0)
os.write(1, b"0 connected\\n")
child = os.fork()
def pump(read, write):
    while True:
        b = read(65536)
        if not b:
            return
        write(b)
def out(b):
    while b:
        b = b[os.write(1, b):]
if child == 0:
    os.close(1)
    pump(lambda n: os.read(0, n), s.sendall)
    s.shutdown(socket.SHUT_WR)
    os._exit(0)
os.close(0)
pump(s.recv, out)
os.kill(child, signal.SIGTERM)`

/*
 * perl first: it is in Debian's essential packages, starts in 2 ms and can say that it is connected; socat cannot, so
 * it connects twice.
 */
const script = `export LC_ALL=C
if command -v perl >/dev/null; then exec perl -e "$3" -- "$1"; fi
if command -v python3 >/dev/null; then exec python3 -I -c "$4" "$1"; fi
command -v socat >/dev/null || { echo '127 the host has neither perl nor python3 nor socat'; exit 0; }
if said=$(socat -u OPEN:/dev/null "UNIX-CONNECT:$2" 2>&1); then echo '0 connected'; exec socat -t 31536000 - "UNIX-CONNECT:$2"; fi
echo "1 $(printf %s "\${said##*: }" | tr '\\n' ' ')"`

/** The command that relays its stdin and stdout to the unix socket `path`, with what the host has. */
export function relayCommand(path: string): readonly string[] {
  const operand = asOperand(path)
  const forSocat = operand.replaceAll(/[^A-Za-z0-9/._-]/g, '\\$&')
  return ['/bin/sh', '-c', script, 'zdt-relay', operand, forSocat, perl, python]
}
