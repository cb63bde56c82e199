import { whereHeld } from '../../daemons/keepalived/vip.ts'
import type { ReloadRefusal } from '../../daemons/reload.ts'
import type { Host } from '../../hosts/host.ts'

/**
 * The VIPs that a host holds, as reasons to let its `daemon` be: no load balancer drains it first, its clients are
 * connected to it itself. Throws AddressesUnknown, and what Host throws.
 */
export async function refuseHolder(
  host: Host,
  daemon: 'HAProxy' | 'nginx',
  vips: readonly { readonly name: string; readonly address: string }[],
  signal?: AbortSignal,
): Promise<ReloadRefusal[]> {
  const held = await Promise.all(
    vips.map(async (vip) => ((await whereHeld(host, vip.address, signal && { signal })) === null ? [] : [vip])),
  )
  return held.flat().map(({ name, address }) => ({
    code: 'holds-vip',
    message: `${host.name} holds ${address}: its clients are connected to this ${daemon} itself`,
    suggestions: [
      `zdt failover ${name}   # then the same again, then zdt failback ${name}`,
      daemon === 'nginx'
        ? 'or the same with --in-place: idle keep-alive connections will be closed'
        : 'or the same with --in-place: connections and listening sockets live on',
    ],
  }))
}
