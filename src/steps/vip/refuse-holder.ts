import { whereHeld } from '../../daemons/keepalived/vip.ts'
import type { ReloadRefusal } from '../../daemons/reload.ts'
import type { Host } from '../../hosts/host.ts'

/**
 * The VIPs that a host holds, as reasons to let its `daemon` be: no load balancer drains it first, its clients are
 * connected to it itself. `others` are the hosts that were to be upgraded with it: one of them will hold the VIP next. Throws AddressesUnknown, and what Host throws.
 */
export async function refuseHolder(
  host: Host,
  daemon: 'HAProxy' | 'nginx',
  vips: readonly { readonly name: string; readonly address: string }[],
  { signal, others = [] }: { readonly signal?: AbortSignal; readonly others?: readonly string[] } = {},
): Promise<ReloadRefusal[]> {
  const held = await Promise.all(
    vips.map(async (vip) => ((await whereHeld(host, vip.address, signal && { signal })) === null ? [] : [vip])),
  )
  return held.flat().map(({ name, address }) => ({
    code: 'holds-vip',
    message: `${host.name} holds ${address}: its clients are connected to this ${daemon} itself`,
    suggestions: [
      ...(others.length === 0
        ? [`zdt failover ${name}   # then the same again, then zdt failback ${name}`]
        : [
            `the same with --host ${others.join(',')} first`,
            `zdt failover ${name}   # then`,
            `the same with --host ${host.name}, then zdt failback ${name}`,
          ]),
      daemon === 'nginx'
        ? 'or the same with --in-place: idle keep-alive connections will be closed'
        : 'or the same with --in-place: connections and listening sockets live on',
    ],
  }))
}
