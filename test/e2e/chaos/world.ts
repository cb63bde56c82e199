import { fromOutside } from '../support/from-outside.ts'
import type { Lab } from '../support/lab.ts'

/**
 * What is true of every host that zdt can touch, one fact a line, in order: two worlds are the same when their facts are.
 * Names of runs are `RUN`; pids, and how far checks have come, are left out.
 */
export type World = readonly string[]

/** The hosts whose world it is. */
export const hosts = ['lb1', 'lb2', 'web1', 'web2', 'app1', 'app2', 'app3'] as const

/*
 * Asked of the daemons, the files and the processes themselves, without ssh and without zdt's own eyes. Leases, temporary
 * files and processes are facts like the others: what a run forgets is a fact too many. Whose a process is its control
 * group tells: whatever a session of ssh began is ours, by whichever name, but not sshd's own processes, which stay where
 * a network swallowed the end of a connection (TCP keepalive ends them); of the daemons each counts, and what systemd does
 * for itself is nobody's business. Who holds the VIP, and what a hand-off sets up (tables, an address on lo, settings, timers),
 * the kernel and systemd tell.
 */
const look = String.raw`
echo "lease $(cd /var/lib/zdt/locks 2>/dev/null && echo $(ls -A . .new | grep -vE '^(\.guard|\.busy|\.fence|\.new|\.:|\.new:)?$'))"
for file in /usr/sbin/policy-rc.d /usr/sbin/*zdt* /usr/sbin/.*zdt* /opt/edge/*zdt* /run/*zdt* /tmp/* /tmp/.[!.]* /var/tmp/* /home/deploy/*; do
  case $file in */systemd-private-*) ;; *) [ ! -e "$file" ] || echo "file $file" ;; esac
done
find /etc/haproxy /etc/nginx /etc/keepalived -type f -exec sha256sum {} + 2>/dev/null | sed 's/^/config /'
for dir in /proc/[0-9]*; do
  unit=
  while IFS= read -r line; do case $line in 0::*) unit=$line ;; esac; done 2>/dev/null <$dir/cgroup
  case $unit in
    */nginx.service | */haproxy.service | */keepalived.service | */edge.service)
      read -r comm <$dir/comm && echo "process $comm in $(basename $unit)" ;;
    */ssh.service | */user.slice/* | */run-*)
      args=$(tr '\0\n' '  ' <$dir/cmdline 2>/dev/null | cut -c1-150)
      case $args in '' | sshd*) ;; *) printf 'session %s\n' "$args" ;; esac ;;
  esac
done
dpkg-query -W -f 'package ${'$'}{db:Status-Abbrev} ${'$'}{Package} ${'$'}{Version}\n' nginx nginx-common haproxy 2>/dev/null | grep -v '^package un'
pgrep -f '^nginx: worker process is shutting down' | sed 's/.*/process nginx that leaves/'
ip -o -4 address show scope global | awk '{ print "address " $4 " on " $2 }'
nft list tables | sed '/ chaos$/d; s/^/nftables /'
for setting in arp_ignore arp_announce; do echo "setting $setting $(cat /proc/sys/net/ipv4/conf/host0/$setting)"; done
systemctl list-units --all --plain --no-legend 'zdt-*' | grep -v zdt-watchdog- | sed 's/^\(\S*\).*/unit \1/'
if [ -d /etc/shop ]; then
  echo "shop $(cat /etc/shop/version) $(systemctl is-active shop) $(ls /etc/shop | tr '\n' ' ')"
  main=$(systemctl show -p MainPID --value edge)
  [ ! -d /opt/edge ] || for file in /opt/edge/edge /proc/$main/exe; do echo "edge $(basename $file) $(sha256sum <$file | sed 's/ .*//')"; done
elif [ -S /run/haproxy/admin.sock ]; then
  main=$(systemctl show -p MainPID --value haproxy)
  for file in /usr/sbin/haproxy /proc/$main/exe; do echo "binary $(sha256sum <$file | sed 's/ .*//') $(basename $file)"; done
  main=$(systemctl show -p MainPID --value keepalived)
  for file in /usr/sbin/keepalived /proc/$main/exe; do echo "keepalived $(basename $file) $(sha256sum <$file | sed 's/ .*//')"; done
  echo "tells clients to go: $(echo 'get var proc.leaving_until' | socat -t 10 - UNIX-CONNECT:/run/haproxy/admin.sock)"
  echo 'show servers state' | socat -t 10 - UNIX-CONNECT:/run/haproxy/admin.sock | sed 's/^/haproxy /'
  for map in /etc/haproxy/splits/*.map; do
    [ ! -e "$map" ] || echo "show map $map" | socat -t 10 - UNIX-CONNECT:/run/haproxy/admin.sock | sed -n "s|^0x[0-9a-f]* |map $map |p"
  done
else
  for file in /usr/sbin/nginx* /run/nginx.pid*; do
    case $file in *.zdt-*) ;; *) echo "nginx $file $(stat -c '%a %U:%G' $file) $(sha256sum <$file | sed 's/ .*//')" ;; esac
  done
  read -r pid </run/nginx.pid
  main=$(systemctl show -p MainPID --value nginx)
  masters=$(echo $(pgrep -f '^nginx: master process'))
  [ "$pid $main" = "$masters $masters" ] || echo "nginx pid file $pid, MainPID $main, masters $masters"
  echo "nginx master $(ps -o ppid= -p "$main") $(sha256sum </proc/$main/exe | sed 's/ .*//')"
fi
true`

/** Looks at hosts side by side, all of them by default. */
export async function worldOf(lab: Lab, of: readonly string[] = hosts): Promise<World> {
  const facts = await Promise.all(of.map(async (host) => (await factsOf(lab, host)).map((fact) => `${host} ${fact}`)))
  return facts.flat().toSorted()
}

async function factsOf(lab: Lab, host: string): Promise<string[]> {
  const lines = (await fromOutside(lab, host, look)).split('\n').filter((line) => line !== '')
  const servers = lines.filter((line) => line.startsWith('haproxy ')).map((line) => line.slice('haproxy '.length))
  const others = lines.filter((line) => !line.startsWith('haproxy ') && !/^nginx \/run\/nginx.pid /.test(line))
  return [...others.map(withoutChance), ...seatsIn(servers)]
}

/** Without what differs from one look to the next and means nothing. */
function withoutChance(fact: string): string {
  return fact.replace(/\.zdt-[0-9A-Z]{6}\b/g, '.zdt-RUN')
}

/** What an operator can have set of each server; whether it is up only where it is to serve. */
function seatsIn([, head = '', ...rows]: readonly string[]): string[] {
  const names = head.replace('# ', '').split(' ')
  return rows.filter(Boolean).map((row) => {
    const cells = row.split(' ')
    const cell = (column: string) => cells[names.indexOf(column)] ?? ''
    const admin = Number(cell('srv_admin_state'))
    const state = { 0: `ready ${cell('srv_op_state') === '2' ? 'up' : 'down'}`, 1: 'maint', 8: 'drain' }[admin] ?? admin
    // 1, that a check is under way, comes and goes by itself.
    const agent = Number(cell('srv_agent_state')) & ~1
    return `seat ${cell('be_name')}/${cell('srv_name')} state ${state} weight ${cell('srv_uweight')} agent ${agent}`
  })
}

/** What is there too much (+) and what is missing (-). */
export function differences(is: World, expected: World): string[] {
  const rest = [...expected]
  const more = is.filter((fact) => {
    const index = rest.indexOf(fact)
    if (index === -1) return true
    rest.splice(index, 1)
    return false
  })
  return [...more.map((fact) => `+ ${fact}`), ...rest.map((fact) => `- ${fact}`)]
}

/** The hosts that differences are of. */
export function hostsIn(unlike: readonly string[]): string[] {
  return hosts.filter((host) => unlike.some((fact) => fact.slice(2).startsWith(`${host} `)))
}

/** The world with what fits the pattern otherwise. */
export function replaced(world: World, pattern: RegExp, by: string): World {
  return world.map((fact) => fact.replace(pattern, by))
}
