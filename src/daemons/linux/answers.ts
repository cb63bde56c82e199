import type { Host } from '../../hosts/host.ts'
import { perlOrPython } from './perl-or-python.ts'

/** What a port of a host's own address says to `HEAD /`: `HTTP 2xx`, `something else than HTTP`, `nothing`, `refuses`. */
export type Answer = { readonly port: number; readonly kind: string }

/** Each port has a second. A TLS port closes, or says what it thinks of plain HTTP: that is an answer like any other. */
const perl = `use Time::HiRes "alarm"; use Socket qw(AF_INET AF_INET6 SOCK_STREAM inet_pton pack_sockaddr_in pack_sockaddr_in6);
my ($address, @ports) = @ARGV; my $six = $address =~ /:/; my $family = $six ? AF_INET6 : AF_INET;
my $ip = inet_pton($family, $address); my $named = $six ? "[$address]" : $address;
$SIG{PIPE} = "IGNORE";
for my $port (@ports) {
  my ($open, $got) = (0, "");
  eval {
    local $SIG{ALRM} = sub { die "late\\n" }; alarm 1;
    socket(my $s, $family, SOCK_STREAM, 0) or die "socket: $!\\n";
    connect($s, $six ? pack_sockaddr_in6($port, $ip) : pack_sockaddr_in($port, $ip)) or die "refused\\n"; $open = 1;
    syswrite($s, "HEAD / HTTP/1.1\\r\\nHost: $named\\r\\nUser-Agent: zdt\\r\\nConnection: close\\r\\n\\r\\n");
    while (length $got < 12) { sysread($s, $got, 12 - length $got, length $got) or last }
  }; alarm 0;
  print "$port ", $open ? unpack("H*", $got) : "-", "\\n";
}`

const python = `import socket, sys
address = sys.argv[1]
six = ":" in address
named = "[%s]" % address if six else address
for port in sys.argv[2:]:
    got, opened = b"", False
    try:
        s = socket.create_connection((address, int(port)), 1)
        opened = True
        s.sendall(("HEAD / HTTP/1.1\\r\\nHost: %s\\r\\nUser-Agent: zdt\\r\\nConnection: close\\r\\n\\r\\n" % named).encode())
        while len(got) < 12:
            more = s.recv(12 - len(got))
            if not more:
                break
            got += more
    except OSError:
        pass
    print(port, got.hex() if opened else "-", flush=True)`

/** Asks a host from inside what its ports say. The address must be its own, or the network would carry the question away. */
export function answersCommand(address: string, ports: readonly number[]): string[] {
  return perlOrPython('zdt-answers', { perl, python }, [address, ...ports.map(String)])
}

/** Reads `80 48545450…`: the beginning of each answer in hex, `-` where nobody took the connection. */
export function parseAnswers(stdout: string): Answer[] {
  return [...stdout.matchAll(/^(\d+) (-|[0-9a-f]*)$/gm)].map(([, port, said = '']) => ({
    port: Number(port),
    kind: kindOf(said),
  }))
}

function kindOf(said: string): string {
  if (said === '-') return 'refuses'
  if (said === '') return 'nothing'
  const text = Buffer.from(said, 'hex').toString('latin1')
  const [, hundreds] = /^HTTP\/[\d.]+ (\d)/.exec(text) ?? []
  return hundreds === undefined ? 'something else than HTTP' : `HTTP ${hundreds}xx`
}

/** What the ports of a host's own address say, each to `HEAD /`, within a second. Empty where it has neither perl nor python3. */
export async function answersAt(
  host: Host,
  address: string,
  ports: readonly number[],
  signal?: AbortSignal,
): Promise<Answer[]> {
  const { stdout } = await host.run(answersCommand(address, ports), signal && { signal })
  return parseAnswers(stdout.toString('utf8'))
}
