import type { Host } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'

/*
 * USR1 makes each process of Keepalived write its state to /tmp, in its own time (keepalived(8), SIGNALS); with PrivateTmp
 * that is /proc/PID/root/tmp. Whole is what has its last part and has stopped growing. What was not there before is taken
 * away again, that of the parent and of the checkers too; so one asks at a time. The VRRP password stays on the host.
 */
const script = `pid=$(systemctl show -p MainPID --value -- "$1")
[ "\${pid:-0}" -gt 0 ] && cd "/proc/$pid/root/tmp" || exit 3
exec 9<.
! command -v flock >/dev/null || flock -w 3 9 || exit 4
mark() { stat -c '%i %y %s' keepalived.data 2>/dev/null; }
was=$(mark); last=; i=0
tidy() {
  [ -z "$was" ] || return 0
  i=0; set -- $(cat "/proc/$pid/task/$pid/children" 2>/dev/null)
  while [ $i -lt 10 ] && [ "$(ls keepalived.data keepalived_*.data 2>/dev/null | wc -l)" -le $# ]; do i=$((i + 1)); sleep 0.05; done
  rm -f keepalived.data keepalived_parent.data keepalived_check.data keepalived_bfd.data
}
trap tidy EXIT
kill -USR1 "$pid" || exit 3
while [ $i -lt 60 ]; do
  now=$(mark)
  if [ -n "$now" ] && [ "$now" != "$was" ] && [ "$now" = "$last" ] && grep -q '^------< Interfaces' keepalived.data; then
    sed '/Password = /d' keepalived.data; exit 0
  fi
  last=$now; i=$((i + 1)); sleep 0.05
done
exit 4`

/** The command that makes Keepalived tell its state; 3 when it does not run, 4 when it does not answer within 3 s. */
export function dumpCommand(unit: string): readonly string[] {
  return ['sh', '-c', script, 'zdt-keepalived', unit]
}

/** Keepalived's own state as text, undefined when it does not run. Throws KeepalivedSilent where it does not answer. */
export async function keepalivedDump(host: Host, unit: string, signal?: AbortSignal): Promise<string | undefined> {
  const { code, stdout, stderr } = await host.run(dumpCommand(unit), { as: 'root', ...(signal && { signal }) })
  if (code === 3) return undefined
  if (code !== 0) throw new KeepalivedSilent(host.name, unit, stderr.toString().trim())
  return stdout.toString('utf8')
}

/** Keepalived runs and does not tell its state: frozen, or its VRRP process has died. */
export class KeepalivedSilent extends ZdtError {
  constructor(host: string, unit: string, said: string) {
    super(`${host}: Keepalived runs, but does not tell its state within 3 s`, {
      code: 'keepalived-silent',
      exit: 'refused',
      host,
      ...(said !== '' && { said }),
      suggestions: [`look on ${host}: journalctl -u ${unit} -n 50; ps -o pid,stat,args -C keepalived`],
    })
  }
}
