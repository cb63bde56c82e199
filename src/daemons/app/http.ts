import { bracketed } from '../linux/ip.ts'
import type { Host } from '../../hosts/host.ts'
import type { Millis } from '../../lib/types.ts'
import { perlOrPython } from '../linux/perl-or-python.ts'

/** What an application answered; `failed` where there was no whole answer. */
export type HttpAnswer =
  | { readonly status: number; readonly headers: ReadonlyMap<string, string>; readonly body: string }
  | { readonly failed: string }

/** Whom to ask for what. An empty path: whether it takes a connection at all. */
export interface HttpQuestion {
  readonly address: string
  readonly port: number
  readonly path: string
}

/** How long an application may take for one answer. */
const patience: Millis = 5000

/** Says `open HEX` with all that came until the end, 64 KiB at the most, or `failed WHY`. */
const perl = `use Time::HiRes "alarm"; use Socket qw(AF_INET AF_INET6 SOCK_STREAM inet_pton pack_sockaddr_in pack_sockaddr_in6);
my ($address, $port, $seconds, $request) = @ARGV; my $six = $address =~ /:/; my $family = $six ? AF_INET6 : AF_INET;
my $got = ""; $SIG{PIPE} = "IGNORE";
eval {
  local $SIG{ALRM} = sub { die "no answer in $seconds s\\n" }; alarm $seconds;
  my $ip = inet_pton($family, $address) or die "no address\\n";
  socket(my $s, $family, SOCK_STREAM, 0) or die "socket: $!\\n";
  connect($s, $six ? pack_sockaddr_in6($port, $ip) : pack_sockaddr_in($port, $ip)) or die "$!\\n";
  if (length $request) {
    syswrite($s, pack("H*", $request));
    while (length $got < 65536) { sysread($s, $got, 65536 - length $got, length $got) or last }
  }
  alarm 0; 1;
} or do { print "failed $@"; exit };
print "open ", unpack("H*", $got), "\\n";`

const python = `import socket, sys
address, port, seconds, request = (sys.argv[1:] + [""])[:4]
got = b""
try:
    s = socket.create_connection((address, int(port)), float(seconds))
    s.settimeout(float(seconds))
    if request:
        s.sendall(bytes.fromhex(request))
        while len(got) < 65536:
            more = s.recv(65536 - len(got))
            if not more:
                break
            got += more
except OSError as error:
    print("failed", error.strerror or "no answer in %s s" % seconds)
    sys.exit()
print("open", got.hex())`

/** The command of a question, to be run on the host that it is asked from. */
export function httpCommand({ address, port, path }: HttpQuestion): string[] {
  const named = bracketed(address)
  const request = `GET ${path} HTTP/1.1\r\nHost: ${named}:${port}\r\nUser-Agent: zdt\r\nAccept: */*\r\nConnection: close\r\n\r\n`
  const words = [address, String(port), String(patience / 1000)]
  return perlOrPython('zdt-http', { perl, python }, [
    ...words,
    ...(path === '' ? [] : [Buffer.from(request).toString('hex')]),
  ])
}

/** Reads what the command said: RFC 9112, chunks put together. Of a mere connection the status is 0. */
export function parseHttp(stdout: string): HttpAnswer {
  const [, word, rest = ''] = /^(open|failed) ?(.*)$/m.exec(stdout) ?? []
  if (word !== 'open') return { failed: rest === '' ? 'no answer' : rest.toLowerCase() }
  const text = Buffer.from(rest, 'hex').toString('utf8')
  if (text === '') return { status: 0, headers: new Map(), body: '' }
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end === -1 ? text.length : end).split('\r\n')
  const [, status] = /^HTTP\/[\d.]+ (\d{3})/.exec(first) ?? []
  if (status === undefined || end === -1) return { failed: 'it answers, but not in HTTP' }
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
    }),
  )
  const body = text.slice(end + 4)
  const isChunked = /\bchunked\b/i.test(headers.get('transfer-encoding') ?? '')
  return { status: Number(status), headers, body: isChunked ? dechunked(body) : body }
}

/** Chunks count bytes, and so far as a version or a word of health goes, characters are bytes. */
function dechunked(body: string): string {
  const bytes = Buffer.from(body)
  let text = ''
  for (let at = 0; ;) {
    const line = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.subarray(at, line === -1 ? at : line).toString(), 16)
    if (line === -1 || !(size > 0)) return text
    text += bytes.subarray(line + 2, line + 2 + size).toString()
    at = line + 2 + size + 2
  }
}

/** Asks an application from a host. Throws what Host.run throws, and says `failed` for all that is the application's. */
export async function askHttp(host: Host, question: HttpQuestion, signal?: AbortSignal): Promise<HttpAnswer> {
  const { code, stdout, stderr } = await host.run(httpCommand(question), signal && { signal })
  return code === 0 ? parseHttp(stdout.toString()) : { failed: stderr.toString().trim() || `exit ${code}` }
}
