import { perlConnect } from './relay.ts'

/*
 * A relay that stays: it holds one conversation after another, each on a socket that it opens anew, since a connection
 * that was open over HAProxy's reload goes on speaking with the old worker. So sudo, perl and a login shell are paid once.
 *
 * Both ways in frames: four bytes of length, then as many bytes. A conversation: the path, answered by `0 connected` or
 * `ERRNO words`; then what is said, ended by an empty frame (the half-close), and what is answered, ended likewise. The
 * next one begins when both have ended: what is still said to a socket that has gone is read and dropped.
 *
 * The end of stdin ends it; and so does time, when nothing was asked for long: of a client that was cut off sshd may learn
 * nothing for hours, unless it has something to say to it. The forked half reads stdin by exact lengths, so that the next path is left to the other.
 */
/** Seconds. */
const idle = 20

const perl = `$SIG{PIPE} = "IGNORE";
sub fill { my $n = shift; my $b = "";
  while (length $b < $n) { sysread(STDIN, $b, $n - length $b, length $b) or return }
  return $b }
sub frame { my $head = fill(4); return defined $head ? fill(unpack "N", $head) : undef }
sub put { my ($to, $b) = @_;
  for (my $at = 0; $at < length $b;) { $at += syswrite($to, $b, length($b) - $at, $at) || return }
  return 1 }
sub say1 { put(\\*STDOUT, pack("N/a*", "@_")) or exit 1 }
my $path;
while (alarm(${idle}), defined($path = frame())) {
  alarm 0;
  my $s;
  unless (${perlConnect}) { say1($! + 0, $!); next }
  say1(0, "connected");
  defined(my $child = fork) or exit 1;
  if (!$child) {
    close STDOUT;
    my ($open, $said) = (1);
    while (defined($said = frame()) && $said ne "") { $open &&= put($s, $said) }
    shutdown($s, 1);
    exit(defined $said ? 0 : 1);
  }
  my $n;
  while ($n = sysread($s, my $answer, 32768)) { say1($answer) }
  if (!defined $n) { kill "TERM", $child; exit 1 }
  shutdown($s, 2);
  close $s;
  say1("");
  alarm ${idle};
  waitpid $child, 0;
  exit 1 if $?;
}
exit 0`

/** Exits at once where there is no perl. */
const script = 'export LC_ALL=C; exec perl -e "$1"'

/** The command that relays conversations, in frames on its stdin and stdout; perl alone knows how. */
export const keptRelayCommand: readonly string[] = ['/bin/sh', '-c', script, 'zdt-relay', perl]

/** A frame's bytes. */
export function framed(content: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}
