import type { Host } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { Millis } from '../../lib/types.ts'
import { perlOrPython } from './perl-or-python.ts'

/** What is sent into a segment, and what is listened for. */
export type Exchange = {
  readonly device: string
  /** Hex; sent again every 100 ms until the time is over. */
  readonly send?: string
  /** Frames of this EtherType are heard, in four hex digits. */
  readonly etherType: string
  /** Only frames that hold these hex digits. */
  readonly holding: string
  readonly during: Millis
  /** Ends as soon as this many were heard. Default: it listens until its time is over. */
  readonly enough?: number
}

/*
 * By Linux's own numbers: AF_PACKET 17, SOCK_RAW 3. `sockaddr_ll`: family, EtherType (network order), interface.
 */
const perl = `my ($if, $type, $holding, $ms, $enough, $send) = @ARGV;
use Time::HiRes "time";
open(my $f, "<", "/sys/class/net/$if/ifindex") or die "no interface $if\\n"; my $index = <$f> + 0;
socket(my $s, 17, 3, unpack("S", pack("n", hex $type))) or die "socket: $!\\n";
bind($s, pack("SnlSCCa8", 17, hex $type, $index, 0, 0, 0, "")) or die "bind: $!\\n";
$| = 1; my ($end, $next, $heard, $frame) = (time + $ms / 1000, 0, 0, pack("H*", $send));
while ((my $now = time) < $end) {
  if (length $frame && $now >= $next) { syswrite($s, $frame) or die "send: $!\\n"; $next = $now + 0.1 }
  my $bits = ""; vec($bits, fileno $s, 1) = 1;
  next unless select($bits, undef, undef, 0.02) > 0;
  next unless sysread($s, my $got, 2048);
  my $hex = unpack("H*", substr($got, 0, 128));
  next if index($hex, $holding) < 0;
  print "$hex\\n"; last if ++$heard == $enough;
}`

const python = `import select, socket, sys, time
dev, kind, holding, ms, enough, send = (sys.argv[1:] + [""])[:6]
s = socket.socket(17, 3, socket.htons(int(kind, 16)))
s.bind((dev, int(kind, 16)))
end, again, heard, frame = time.time() + int(ms) / 1000, 0, 0, bytes.fromhex(send)
while time.time() < end:
    if frame and time.time() >= again:
        s.send(frame)
        again = time.time() + 0.1
    if not select.select([s], [], [], 0.02)[0]:
        continue
    got = s.recv(2048)[:128].hex()
    if holding in got:
        print(got, flush=True)
        heard += 1
        if heard == int(enough):
            break`

/** The command of an exchange; it needs root. */
export function exchangeCommand({ device, etherType, holding, during, enough = 0, send = '' }: Exchange): string[] {
  const words = [device, etherType, holding, String(during), String(enough), send]
  return perlOrPython('zdt-exchange', { perl, python }, words)
}

/** Sends and listens on a host's interface. Returns the frames that were heard, in hex. Throws SegmentUnknown. */
export async function exchange(host: Host, what: Exchange, signal?: AbortSignal): Promise<string[]> {
  const { code, stdout, stderr } = await host.run(exchangeCommand(what), { as: 'root', ...(signal && { signal }) })
  if (code !== 0) throw new SegmentUnknown(host.name, stderr.toString().trim())
  return stdout.toString().split('\n').filter(Boolean)
}

/** A host could not send or hear raw frames, so that nobody knows from there what the segment says. */
export class SegmentUnknown extends ZdtError {
  constructor(host: string, said: string) {
    super(`${host}: frames can be neither sent nor heard`, {
      code: 'segment-unknown',
      exit: 'refused',
      host,
      said,
      suggestions: ['zdt needs perl or python3 there, and root'],
    })
  }
}
