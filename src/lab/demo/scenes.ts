import { network } from '../shape.ts'

/** One thing that the demo does: why, and the command as an operator would type it. */
export interface Scene {
  readonly caption: string
  readonly argv: readonly string[]
}

/** What traffic is sent to all through the demo: the nginx hosts, and the applications. */
export const demoUrls = [`http://${network.vip}/`, `http://${network.vip}/shop/`] as const

/** The demo: take a server out, restart it, bring it back; then replace a running nginx by `binary`. */
export function demoScenes(binary: string): Scene[] {
  const [web] = demoUrls
  return [
    { caption: 'two HAProxy with one VIP, two nginx, three applications', argv: ['zdt', 'status'] },
    { caption: 'take app2 out of rotation', argv: ['zdt', 'drain', 'app2', '--yes'] },
    { caption: 'nobody is connected: restart it', argv: ['ssh', 'app2', 'sudo', 'systemctl', 'restart', 'shop'] },
    { caption: 'bring it back', argv: ['zdt', 'ready', 'app2', '--yes'] },
    {
      caption: 'replace the running nginx of web1',
      argv: ['zdt', 'upgrade-nginx', '--host', 'web1', '--binary', binary, '--yes', '--probe', web],
    },
    { caption: 'what is true now', argv: ['zdt', 'status', 'web1'] },
  ]
}

/** The newest nginx among names such as `nginx-1.26.3` and `haproxy-3.0.11`. */
export function newestNginx(binaries: readonly string[]): string {
  const nginx = binaries.filter((name) => name.startsWith('nginx-'))
  return nginx.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? 'nginx'
}
