import type { On } from '../../engine/step-kind.ts'
import type { Seat } from '../../fleet/fleet.ts'

/** Does the server accept a TCP connection from the load balancer? All that can be asked where HAProxy has no check. */
export async function accepts(on: On, { address, port }: Seat): Promise<boolean> {
  const script = 'exec 3<>"/dev/tcp/$1/$2"'
  const argv = ['timeout', '2', 'bash', '-c', script, 'zdt-accepts', address, String(port)]
  return (await on.host.run(argv, { signal: on.signal })).code === 0
}
