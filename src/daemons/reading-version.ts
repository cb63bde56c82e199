import type { Host } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { Daemon } from '../lib/rendered.ts'

/** A daemon that is not there, or does not say its version. */
export class NoVersion extends ZdtError {
  constructor(daemon: Daemon, host: string, said: string) {
    super(`${host}: ${daemon} does not say its version`, {
      code: 'no-version',
      exit: 'refused',
      host,
      said,
      suggestions: [`install ${daemon} on ${host}`, `say it yourself: --version-of ${daemon}=VERSION`],
    })
  }
}

/** A daemon whose program may not be executed (TRAPS, case 24): a reload of HAProxy would take it down. */
export class NotExecutable extends ZdtError {
  constructor(path: string, host: string) {
    super(`${host}: ${path} may not be executed`, {
      code: 'not-executable',
      exit: 'refused',
      host,
      suggestions: [`ssh ${host} sudo chmod 755 ${path}`],
    })
  }
}

/**
 * A reload makes the running nginx or Keepalived read the configuration, whatever lies on disk; HAProxy's reload runs
 * what lies on disk (TRAPS: HAProxy). Where nothing runs, what would be started reads it.
 */
const whoReads = `pid=$(systemctl show --property MainPID --value -- "$2") || pid=0
[ "$1" = haproxy ] || [ "\${pid:-0}" = 0 ] || exec "/proc/$pid/exe" -v
"$1" -v && exit 0
IFS=:
for dir in $PATH; do [ ! -f "$dir/$1" ] || [ -x "$dir/$1" ] || { echo "not executable: $dir/$1"; break; }; done`

/** The version of the daemon that will read a new configuration, such as `3.0.11`. Throws NoVersion, NotExecutable, and what Host.run throws. */
export async function readingVersion(host: Host, daemon: Daemon, unit: string): Promise<string> {
  const { stdout, stderr } = await host.run(['/bin/sh', '-c', whoReads, 'zdt', daemon, unit], { as: 'root' })
  const said = `${stdout.toString('utf8')}${stderr.toString('utf8')}`
  const version = versionSaid(said)
  const path = /^not executable: (.*)$/m.exec(said)?.[1]
  if (version === undefined && path !== undefined) throw new NotExecutable(path, host.name)
  if (version === undefined) throw new NoVersion(daemon, host.name, said.trim())
  return version
}

/** Reads `HAProxy version 3.0.11-1 …`, `nginx version: nginx/1.26.3`, `Keepalived v2.3.3 (…)`. */
export function versionSaid(said: string): string | undefined {
  return /^(?:HA-?Proxy version |\S+ version: [\w-]+\/|Keepalived v)(\d+(?:\.\d+)+)/m.exec(said)?.[1]
}
