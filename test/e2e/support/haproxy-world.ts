import { fromOutside } from './from-outside.ts'
import type { Lab } from './lab.ts'

/** What is true of HAProxy on a host, asked without zdt's own eyes. */
export interface HaproxyWorld {
  /** Digests of the file, and of what master and newest worker run. */
  readonly binary: string
  readonly runs: readonly string[]
  /** Everything beside the binary that could have been left. */
  readonly files: readonly string[]
  readonly config: string
  /** `shop/app2 8 100`: what operators have set. */
  readonly seats: readonly string[]
  /** systemd follows the master, and holds it for healthy. */
  readonly active: boolean
}

const look = String.raw`
sha256sum </usr/sbin/haproxy | cut -c1-64
main=$(systemctl show -p MainPID --value haproxy)
worker=$(echo 'show proc' | socat - UNIX-CONNECT:/run/haproxy-master.sock | awk '$2 == "worker" { print $1; exit }')
echo $(for p in $main $worker; do sha256sum </proc/$p/exe | cut -c1-64; done)
echo $(ls -d /usr/sbin/*haproxy* /usr/sbin/.haproxy* /var/lib/zdt/haproxy* 2>/dev/null)
sha256sum </etc/haproxy/haproxy.cfg | cut -c1-64
systemctl is-active haproxy
echo 'show servers state' | socat - UNIX-CONNECT:/run/haproxy/admin.sock | awk 'NR > 2 && NF { print $2 "/" $4, $7, $8 }'`

/** Looks at HAProxy on a host. */
export async function haproxyWorld(lab: Lab, host: string): Promise<HaproxyWorld> {
  const [binary = '', runs = '', files = '', config = '', active, ...seats] = (await fromOutside(lab, host, look))
    .trim()
    .split('\n')
  return { binary, runs: runs.split(' '), files: files.split(' '), config, seats, active: active === 'active' }
}
