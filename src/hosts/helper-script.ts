import { perlRelay } from './relay.ts'

/*
 * The helper: it stays on the host while zdt is connected, and starts the commands of one user there, many side by side.
 * So a session of sshd's, a login shell and sudo (PAM, accounts, its log) are paid once a host, not once a command.
 *
 * Both ways in frames: four bytes of length, four of the command's number, one of the kind, and what there is to say.
 * To it: r the argument vector, parted by NUL; s a unix socket, to which a fork of itself is the relay, for perl takes long
 * to start; i input; c the end of input; d let go of it; k and kill it.
 * From it: p the process group (or n, and why there is none); o and e what it said; x the exit code, 128 + n for a
 * signal, once it has ended and closed its outputs, as sshd has it; q it ends, and has read nothing more.
 *
 * The end of stdin ends it, as does time when nothing was asked for long: of a client that was cut off sshd may learn
 * nothing for hours. What runs then goes on to its own end, as it does under sshd.
 *
 * - A pipe that select finds writable takes 4096 bytes without waiting (POSIX, PIPE_BUF): a command that does not read
 *   its input holds up nobody else.
 * - setpgrp on both sides of the fork: whoever hears of the group may end it at once.
 * - perl closes all but 0, 1 and 2 at exec ($^F), so no command holds another's pipes.
 */
const perl = `$SIG{PIPE} = "IGNORE";
my (%jobs, @left);
my $in = "";
sub say1 { my $b = pack("N/a*", pack("Na1a*", @_));
  for (my $at = 0; $at < length $b;) { $at += syswrite(STDOUT, $b, length($b) - $at, $at) || exit 1 } }
${perlRelay}
sub begin { my ($id, $kind, @argv) = @_;
  my ($ci, $i, $o, $co, $e, $ce, $pid);
  unless (pipe($ci, $i) && pipe($o, $co) && pipe($e, $ce) && defined($pid = fork)) { return say1($id, "n", $!) }
  if (!$pid) {
    setpgrp; $SIG{PIPE} = "DEFAULT";
    open STDIN, "<&", $ci; open STDOUT, ">&", $co; open STDERR, ">&", $ce;
    if ($kind eq "s") { %jobs = (); undef $_ for $ci, $i, $o, $co, $e, $ce; relay($argv[0]) }
    exec { $argv[0] } @argv;
    my $code = $! == 2 ? 127 : 126;
    syswrite(STDERR, "$argv[0]: $!\\n");
    exit $code;
  }
  setpgrp($pid, $pid);
  $jobs{$id} = { pid => $pid, i => $i, q => "", o => $o, e => $e };
  say1($id, "p", $pid);
}
sub hear { my ($id, $kind, $said) = @_;
  return begin($id, $kind, split(/\\0/, $said, -1)) if $kind eq "r" || $kind eq "s";
  my $job = $jobs{$id} or return;
  if ($kind eq "i") { $job->{q} .= $said if $job->{i} }
  elsif ($kind eq "c") { $job->{c} = 1 }
  else { kill "KILL", -$job->{pid} if $kind eq "k"; push @left, $job->{pid}; delete $jobs{$id} }
}
while (1) {
  my ($r, $w, $over) = ("", "", 0);
  vec($r, 0, 1) = 1;
  for my $job (values %jobs) {
    for (grep defined, @$job{"o", "e"}) { vec($r, fileno $_, 1) = 1 }
    delete $job->{i} if $job->{c} && $job->{q} eq "";
    vec($w, fileno $job->{i}, 1) = 1 if $job->{i} && $job->{q} ne "";
    $over = 1 unless $job->{o} || $job->{e};
  }
  my $n = select($r, $w, undef, $over ? 0.005 : %jobs ? undef : $ARGV[0]);
  if ($n < 0) { next if $! == 4; exit 1 }
  if ($n == 0 && !%jobs) { say1(0, "q", ""); exit 0 }
  while (my ($id, $job) = each %jobs) {
    for my $kind ("o", "e") {
      my $from = $job->{$kind};
      next unless $from && vec($r, fileno $from, 1);
      if (sysread($from, my $said, 65536)) { say1($id, $kind, $said) } else { delete $job->{$kind} }
    }
    if ($job->{i} && vec($w, fileno $job->{i}, 1)) {
      my $sent = syswrite($job->{i}, $job->{q}, 4096);
      if (defined $sent) { substr($job->{q}, 0, $sent) = "" } else { delete $job->{i}; $job->{q} = "" }
    }
    next if $job->{o} || $job->{e} || waitpid($job->{pid}, 1) != $job->{pid};
    say1($id, "x", $? & 127 ? 128 + ($? & 127) : $? >> 8);
    delete $jobs{$id};
  }
  @left = grep { waitpid($_, 1) == 0 } @left;
  next unless vec($r, 0, 1);
  sysread(STDIN, $in, 65536, length $in) or exit 0;
  while (length $in >= 4 && length $in >= 4 + (my $size = unpack "N", $in)) {
    hear(unpack "Na1a*", substr($in, 4, $size));
    substr($in, 0, 4 + $size) = "";
  }
}`

/** Seconds without a command after which it ends. */
const idle = 20

/** The command that is the helper, in frames on its stdin and stdout. Exits at once where there is no perl. */
export const helperCommand: readonly string[] = ['perl', '-e', perl, '--', String(idle)]

/** What is said to the helper, or by it, of one command. */
export interface Frame {
  readonly id: number
  readonly kind: string
  readonly content: Buffer
}

const head = 5

/** A frame's bytes. */
export function framed(id: number, kind: string, content: string | Uint8Array = ''): Buffer {
  const said = typeof content === 'string' ? Buffer.from(content) : content
  const start = Buffer.alloc(4 + head)
  start.writeUInt32BE(head + said.byteLength)
  start.writeUInt32BE(id, 4)
  start.write(kind, 8, 'latin1')
  return Buffer.concat([start, said])
}

/** Takes bytes as they come, and gives the frames that are whole. */
export class Frames {
  #held: Buffer = Buffer.alloc(0)

  take(chunk: Buffer): readonly Frame[] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const whole: Frame[] = []
    while (this.#held.length >= 4) {
      const end = 4 + this.#held.readUInt32BE(0)
      if (this.#held.length < end) break
      const said = this.#held.subarray(4, end)
      this.#held = this.#held.subarray(end)
      whole.push({ id: said.readUInt32BE(0), kind: said.toString('latin1', 4, head), content: said.subarray(head) })
    }
    return whole
  }
}
