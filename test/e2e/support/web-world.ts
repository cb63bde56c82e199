import type { Lab } from './lab.ts'

/** What is true of nginx on a host, asked without zdt's own eyes: `ps`, the files, systemd. */
export interface WebWorld {
  readonly sha256: string
  /** Everything beside the binary that could have been left. */
  readonly files: readonly string[]
  readonly pidFiles: readonly string[]
  readonly masters: number
  /** Workers that accept. */
  readonly workers: number
  readonly leaving: number
  /** The pid file, systemd and the one master agree. */
  readonly agreed: boolean
  readonly answers: string
}

/** Looks at nginx on a host. */
export async function webWorld(lab: Lab, host: string): Promise<WebWorld> {
  const script = [
    'sha256sum /usr/sbin/nginx | cut -c1-64',
    'echo $(ls /usr/sbin/nginx*)',
    'echo $(ls /run/nginx.pid*)',
    'cat /run/nginx.pid',
    'systemctl show -p MainPID --value nginx',
    'ps -eo pid=,args= | grep "[n]ginx: "',
  ].join('; ')
  const { stdout } = await lab.ssh(host, `sudo sh -c '${script}'`)
  const [sha256 = '', files = '', pidFiles = '', pid = '', mainPid = '', ...processes] = stdout.trim().split('\n')
  const of = (pattern: RegExp) => processes.filter((line) => pattern.test(line))
  const masters = of(/nginx: master process/)
  const answer = await lab.inLab(['curl', '-s', '-m', '2', `http://${addresses[host]}/`])
  return {
    sha256,
    files: files.split(' '),
    pidFiles: pidFiles.split(' '),
    masters: masters.length,
    workers: of(/nginx: worker process$/).length,
    leaving: of(/nginx: worker process is shutting down/).length,
    agreed: masters.length === 1 && masters[0]?.trim().split(/\s+/)[0] === pid && pid === mainPid,
    answers: answer.stdout.trim(),
  }
}

const addresses: Readonly<Record<string, string>> = { web1: '10.77.0.13', web2: '10.77.0.14', app3: '10.77.0.23' }

/** `UP`, `DRAIN`… of a server on each load balancer, by HAProxy's own word. */
export async function seatStates(lab: Lab, backend: string, server: string): Promise<string[]> {
  const awk = `awk -F, '$1=="${backend}" && $2=="${server}" {print $18}'`
  const ask = `echo "show stat" | sudo socat - UNIX-CONNECT:/run/haproxy/admin.sock | ${awk}`
  return Promise.all(['lb1', 'lb2'].map(async (lb) => (await lab.ssh(lb, ask)).stdout.trim()))
}
