# What is true of a host that zdt can touch, one fact a line: run there as root, by what perl-base has (see world.ts).
use strict;
use warnings;

sub slurp { open my $in, '<', $_[0] or return ''; local $/; return <$in> // '' }
sub words { return join ' ', split ' ', slurp(@_) }
sub names { opendir my $in, $_[0] or return; return sort grep { !/^\.\.?$/ } readdir $in }
sub said { open my $out, '-|', @_ or die "$_[0]: $!\n"; my @lines = <$out>; chomp @lines; return @lines }

# One for each file, empty where there is none. Of what is megabytes long Digest::SHA would take three times as long.
sub digests {
  my %of = map { /^\\?(\w+)  (.*)/ ? ($2, $1) : () } said('sha256sum', '--', '/dev/null', @_);
  return map { $of{$_} // '' } @_;
}

sub files_under {
  return map { my $path = "$_[0]/$_"; -l $path ? () : -d $path ? files_under($path) : -f $path ? $path : () } names($_[0]);
}

# What HAProxy answers; nothing where nobody listens.
sub asked {
  # By hand: to load IO::Socket::UNIX takes as long as all the rest.
  socket my $socket, 1, 1, 0 or die "socket: $!\n";
  connect $socket, pack 'Sa*x', 1, '/run/haproxy/admin.sock' or return '';
  local $SIG{ALRM} = sub { die "no answer\n" };
  alarm 10;
  my $answer = eval { syswrite $socket, "$_[0]\n"; shutdown $socket, 1; local $/; <$socket> } // '';
  alarm 0;
  return $answer;
}

# What systemd says of units.
sub units {
  my $said = join "\n", said('systemctl', 'show', '-p', 'MainPID,ActiveState', @_);
  return map { { map { split /=/, $_, 2 } split /\n/ } } split /\n\n/, $said;
}

my $locks = '/var/lib/zdt/locks';
print "lease @{[grep { !/^\.(guard|busy|fence|new)$/ } names($locks), names(qq($locks/.new))]}\n";

my %places = (
  '/usr/sbin' => qr/zdt|^policy-rc\.d$/, '/opt/edge' => qr/^[^.].*zdt|^zdt/, '/run' => qr/^[^.].*zdt|^zdt/,
  '/tmp' => qr/./, '/var/tmp' => qr/^[^.]/, '/home/deploy' => qr/^[^.]/,
);
for my $place (sort keys %places) {
  print "file $place/$_\n" for grep { /$places{$place}/ && !/^systemd-private-/ && -e "$place/$_" } names($place);
}
my @configs = map { files_under($_) } qw(/etc/haproxy /etc/nginx /etc/keepalived);
for my $digest (digests(@configs)) { print "config $digest  ${\shift @configs}\n" }

my @masters;
for my $pid (grep { /^\d+$/ } names('/proc')) {
  my ($unit) = slurp("/proc/$pid/cgroup") =~ /^0::(.*)$/m or next;
  my $comm = words("/proc/$pid/comm");
  (my $args = slurp("/proc/$pid/cmdline")) =~ tr/\0\n/  /;
  push @masters, $pid if $args =~ /^nginx: master process/;
  print "process nginx that leaves\n" if $args =~ /^nginx: worker process is shutting down/;
  if ($unit =~ m{/((nginx|haproxy|keepalived|edge)\.service)$}) { print "process $comm in $1\n" if $comm ne '' }
  elsif ($unit =~ m{/ssh\.service$|/user\.slice/|/run-}) {
    printf "session %.150s\n", $args if $args !~ /^(sshd|$)/;
  }
}

print map { "$_\n" } grep { !/^package un/ }
  said('dpkg-query', '-W', '-f', 'package ${db:Status-Abbrev} ${Package} ${Version}\n', qw(nginx nginx-common haproxy));
for (said(qw(ip -o -4 address show scope global))) { my @cells = split; print "address $cells[3] on $cells[1]\n" }
print map { "nftables $_\n" } grep { !/ chaos$/ } said(qw(nft list tables));
print "setting $_ ", words("/proc/sys/net/ipv4/conf/host0/$_"), "\n" for qw(arp_ignore arp_announce);
# A transient unit has a file for as long as systemd knows it.
print map { "unit $_\n" } grep { /^zdt-/ && !/^zdt-watchdog-/ } map { names($_) } qw(/run/systemd/transient /etc/systemd/system);

if (-d '/etc/shop') {
  my ($shop, $edge) = units('shop', 'edge');
  print "shop ${\words('/etc/shop/version')} $shop->{ActiveState} @{[names('/etc/shop')]}\n";
  if (-d '/opt/edge') {
    printf "edge edge %s\nedge exe %s\n", digests('/opt/edge/edge', "/proc/$edge->{MainPID}/exe");
  }
}
elsif (-S '/run/haproxy/admin.sock') {
  my ($haproxy, $keepalived) = map { $_->{MainPID} } units('haproxy', 'keepalived');
  printf "binary %s haproxy\nbinary %s exe\nkeepalived keepalived %s\nkeepalived exe %s\n",
    digests('/usr/sbin/haproxy', "/proc/$haproxy/exe", '/usr/sbin/keepalived', "/proc/$keepalived/exe");
  print 'tells clients to go: ', join(' ', split ' ', asked('get var proc.leaving_until')), "\n";
  print map { "haproxy $_\n" } split /\n/, asked('show servers state');
  for my $map (grep { /\.map$/ } files_under('/etc/haproxy/splits')) {
    print map { /^0x[0-9a-f]* (.*)/ ? "map $map $1\n" : () } split /\n/, asked("show map $map");
  }
}
else {
  my $pid = words('/run/nginx.pid');
  my ($main) = map { $_->{MainPID} } units('nginx');
  my @binaries = map { "/usr/sbin/$_" } grep { /^nginx/ && !/\.zdt-/ } names('/usr/sbin');
  my @files = (@binaries, map { "/run/$_" } grep { /^nginx\.pid/ && !/\.zdt-/ } names('/run'));
  my ($runs, @digests) = digests("/proc/$main/exe", @files);
  for my $file (@files) {
    my $digest = shift @digests;
    my ($mode, $user, $group) = (stat $file)[2, 4, 5] or next;
    my $owner = join ':', scalar getpwuid $user, scalar getgrgid $group;
    printf "nginx %s %o %s %s\n", $file, $mode & 07777, $owner, $digest;
  }
  print "nginx pid file $pid, MainPID $main, masters @masters\n" if "$pid $main" ne "@masters @masters";
  my ($parent) = slurp("/proc/$main/stat") =~ /\) \S (\d+)/;
  print 'nginx master ', $parent // '', " $runs\n";
}
