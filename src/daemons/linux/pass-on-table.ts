import type { Host } from '../../hosts/host.ts'
import type { Mac } from './frames.ts'
import { handOffNames, tablePrefix } from './hand-off-names.ts'
import { isIPv6 } from './ip.ts'

/** A host that passes on what it does not know, and to whom. */
export type PassOn = {
  readonly address: string
  readonly device: string
  readonly mac: Mac
  /** The host that knows the connections which this one does not. */
  readonly peer: Mac
  /** Seconds after which the host takes it all away by itself. */
  readonly seconds: number
}

/**
 * The table of a hand-off (nft(8), netdev, fwd): TCP packets for the VIP that belong to no connection begun here go to the
 * peer by MAC address. It begins by learning alone: `unknown` gets its rule once those that were open before are in `mine`.
 *
 * `meta protocol` comes first, or the last rule would catch ARP and cut the host off. What the peer sends is never sent
 * back: a packet that neither knows would go to and fro for ever. A full set sends a new connection to the peer, which
 * takes it. Nothing in the set ends before the table does, so that a quiet connection stays known.
 */
export function passOnTable({ address, device, peer }: Omit<PassOn, 'mac' | 'seconds'>): string {
  const [family, type, protocol] = isIPv6(address) ? ['ip6', 'ipv6_addr', 'nexthdr'] : ['ip', 'ipv4_addr', 'protocol']
  const { table } = handOffNames(address)
  return `table netdev ${table} {
  set mine { type ${type} . inet_service; flags dynamic; size 1048576; }
  chain unknown { }
  chain arriving {
    type filter hook ingress device "${device}" priority -500; policy accept;
    meta protocol != ${family} accept
    ${family} daddr != ${address} accept
    ${family} ${protocol} != tcp accept
    ether saddr ${peer} accept
    tcp flags & (syn | ack) == syn add @mine { ${family} saddr . tcp sport } accept
    ${family} saddr . tcp sport @mine accept
    jump unknown
  }
}
`
}

/** The rule that passes on, for the chain `unknown`. */
export function passOnRule({ address, device, mac, peer }: Omit<PassOn, 'seconds'>): string {
  const { table } = handOffNames(address)
  return `add rule netdev ${table} unknown ether saddr set ${mac} ether daddr set ${peer} counter fwd to "${device}"`
}

/** Asks the kernel whether it would take both, and changes nothing: nft(8), --check. */
export function tryTable(what: PassOn): { readonly argv: readonly string[]; readonly input: string } {
  return { argv: ['nft', '-c', '-f', '-'], input: `${passOnTable(what)}${passOnRule(what)}\n` }
}

/** Whether this host passes on packets for the address now, or prepares to. */
export async function passOnActive(host: Host, address: string, signal?: AbortSignal): Promise<boolean> {
  const { table } = handOffNames(address)
  const options = { as: 'root', ...(signal && { signal }) } as const
  const { code } = await host.run(['nft', 'list', 'chain', 'netdev', table, 'arriving'], options)
  return code === 0
}

/** The tables of all hand-offs that are under way on a host, by name. None where there is no nft. */
export async function passOnTables(host: Host, signal?: AbortSignal): Promise<string[]> {
  const { stdout } = await host.run(['nft', 'list', 'tables', 'netdev'], { as: 'root', ...(signal && { signal }) })
  return [...stdout.toString('utf8').matchAll(/^table netdev (\S+)$/gm)].flatMap(([, name]) =>
    name?.startsWith(tablePrefix) ? [name] : [],
  )
}
