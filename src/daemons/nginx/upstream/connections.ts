import type { Host } from '../../../hosts/host.ts'
import { connectionsTo, type Connection } from '../../linux/connections-to.ts'

/** What nginx and what is built from it are called. */
const names = /^(nginx|angie|openresty|tengine)/

/**
 * The connections that a host's nginx has to a server; without leave to see whose they are, all. Undefined when the host has
 * no usable `ss`. Throws what Host.run throws.
 */
export async function nginxConnectionsTo(
  host: Host,
  { address, port }: { readonly address: string; readonly port: number },
  signal?: AbortSignal,
): Promise<Connection[] | undefined> {
  const open = await connectionsTo(host, address, port, signal && { signal })
  return open?.filter(({ program }) => program === undefined || names.test(program))
}
