import { bracketed } from '../linux/ip.ts'
import type { Host } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { Millis } from '../../lib/types.ts'
import { perlOrPython } from '../linux/perl-or-python.ts'

/** What an application has answered, on its own. */
export interface Rehearsed {
  readonly answers: number
  /** A status of 400 or more, and no answer. */
  readonly errors: number
  /** Of these: no answer at all. */
  readonly silent: number
  /** All times to the first byte together; of those that had one. */
  readonly tookInAll: Millis
  readonly timed: number
}

/** Whom to ask, for what, and how often. */
export interface Rehearsal {
  readonly address: string
  readonly port: number
  /** In turn. */
  readonly paths: readonly string[]
  readonly requests: number
  /** Where in the paths it begins: how many have been asked before. */
  readonly from: number
}

/** One answer may take as long as that, and all of one turn about as long. */
const [patience, turn] = [5, 3] as const

/** Says `asked ANSWERS ERRORS MS TIMED SILENT` after so many requests, each on a connection of its own, or after a while. */
const perl = `use Time::HiRes qw(time alarm); use Socket qw(AF_INET AF_INET6 SOCK_STREAM inet_pton pack_sockaddr_in pack_sockaddr_in6);
my ($address, $port, $patience, $turn, $count, @requests) = @ARGV; my $six = $address =~ /:/; my $family = $six ? AF_INET6 : AF_INET;
my ($asked, $errors, $ms, $timed, $silent) = (0, 0, 0, 0, 0); $SIG{PIPE} = "IGNORE"; my $until = time + $turn;
my $ip = inet_pton($family, $address) or die "no address\\n";
while ($asked < $count && time < $until) {
  my $request = pack("H*", $requests[$asked % @requests]); my ($began, $got, $status) = (time, "", 0); $asked++;
  eval {
    local $SIG{ALRM} = sub { die "late\\n" }; alarm $patience;
    socket(my $s, $family, SOCK_STREAM, 0) or die;
    connect($s, $six ? pack_sockaddr_in6($port, $ip) : pack_sockaddr_in($port, $ip)) or die;
    syswrite($s, $request);
    while (sysread($s, my $more, 65536)) {
      if ($got eq "") { $ms += (time - $began) * 1000; $timed++ }
      $got .= $more if length $got < 64;
    }
    alarm 0; 1;
  };
  alarm 0;
  $status = $1 if $@ eq "" && $got =~ /^HTTP\\/[\\d.]+ (\\d+)/;
  $errors++ if $status == 0 || $status >= 400; $silent++ if $status == 0;
}
printf "asked %d %d %d %d %d\\n", $asked, $errors, $ms, $timed, $silent;`

const python = String.raw`import re, socket, sys, time
address, port, patience, turn, count = sys.argv[1:6]
requests = [bytes.fromhex(one) for one in sys.argv[6:]]
asked = errors = timed = silent = 0
ms = 0.0
until = time.time() + float(turn)
while asked < int(count) and time.time() < until:
    request = requests[asked % len(requests)]
    asked += 1
    began = time.time()
    got = b""
    status = 0
    try:
        s = socket.create_connection((address, int(port)), float(patience))
        s.settimeout(float(patience))
        s.sendall(request)
        while True:
            more = s.recv(65536)
            if not more:
                break
            if not got:
                ms += (time.time() - began) * 1000
                timed += 1
            got = (got + more)[:64]
        s.close()
        found = re.match(rb"HTTP/[\d.]+ (\d+)", got)
        status = int(found.group(1)) if found else 0
    except OSError:
        status = 0
    if status == 0 or status >= 400:
        errors += 1
    if status == 0:
        silent += 1
print("asked %d %d %d %d %d" % (asked, errors, ms, timed, silent))`

/** The command of one turn, to be run on the host that asks. */
export function rehearseCommand({ address, port, paths, requests, from }: Rehearsal): string[] {
  const named = bracketed(address)
  const asked = paths.map((_path, index) => {
    const path = paths[(from + index) % paths.length] ?? '/'
    const request = `GET ${path} HTTP/1.1\r\nHost: ${named}:${port}\r\nUser-Agent: zdt\r\nAccept: */*\r\nConnection: close\r\n\r\n`
    return Buffer.from(request).toString('hex')
  })
  const words = [address, port, patience, turn, requests].map(String)
  return perlOrPython('zdt-rehearse', { perl, python }, [...words, ...asked])
}

/** Asks an application so often, or for about three seconds, from a host. Throws where the host cannot ask, and what Host.run throws. */
export async function rehearse(host: Host, what: Rehearsal, signal?: AbortSignal): Promise<Rehearsed> {
  const { stdout, stderr } = await host.run(rehearseCommand(what), signal && { signal })
  const counts = /^asked (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(stdout.toString())
  if (!counts) {
    throw new ZdtError(`${host.name} cannot ask what it runs`, {
      code: 'no-rehearsal',
      exit: 'refused',
      host: host.name,
      said: stderr.toString().trim(),
    })
  }
  const [answers = 0, errors = 0, tookInAll = 0, timed = 0, silent = 0] = counts.slice(1).map(Number)
  return { answers, errors, silent, tookInAll, timed }
}
