import { whoTells } from '../daemons/haproxy/telling-to-go.ts'
import { SegmentUnknown } from '../daemons/linux/exchange.ts'
import { interfacesOf } from '../daemons/linux/interfaces.ts'
import { tryTable, type PassOn } from '../daemons/linux/pass-on-table.ts'
import { carries } from '../daemons/linux/segment.ts'
import type { Host } from '../hosts/host.ts'
import { formatDuration } from '../lib/durations.ts'
import type { HostName } from '../lib/types.ts'
import type { VipReport } from '../steps/vip/vip-report.ts'

/** One side of a hand-off. */
export interface Side {
  readonly host: HostName
  readonly device: string
  readonly mac: string
  readonly arpIgnore: number
  readonly arpAnnounce: number
  /** The runtime sockets of the HAProxies that can tell their clients to go. */
  readonly telling: readonly string[]
}

/** One of a host's interfaces, and what its settings are; or why it cannot take part. */
export async function sideOf(
  host: Host,
  { nodes }: VipReport,
  device: string,
  sockets: readonly string[],
): Promise<Side | string> {
  const node = nodes.find((one) => one.host === host.name)
  const instances = !node || node.error || !node.instance ? [] : [node.instance, ...node.others]
  const place = (await interfacesOf(host)).find(({ name }) => name === device)
  if (!place) return `${host.name} does not tell where it sits on the segment`
  if (instances.some((one) => one.vmac && one.device === device))
    return `${host.name} has a MAC address for the VIP itself (use_vmac)`
  if (!/^[A-Za-z0-9_.@-]+$/.test(device))
    return `the interface ${JSON.stringify(device)} of ${host.name} has an odd name`
  const settings = ['arp_ignore', 'arp_announce'].map((name) => `net/ipv4/conf/${device}/${name}`)
  const { code, stdout, stderr } = await host.run(['sysctl', '-n', ...settings])
  if (code !== 0) return `${host.name}: ${stderr.toString().trim()}`
  const [arpIgnore = 0, arpAnnounce = 0] = stdout.toString().trim().split('\n').map(Number)
  const telling = await whoTells(host, sockets)
  return { host: host.name, device, mac: place.mac, arpIgnore, arpAnnounce, telling }
}

/** nftables is asked to check the very table, which the kernel sees, and to change nothing. */
export async function refusedTable(host: Host, table: PassOn): Promise<string | undefined> {
  const { argv, input } = tryTable(table)
  const { code, stderr } = await host.run(argv, { as: 'root', input })
  if (code === 0) return undefined
  const [said = ''] = stderr.toString().trim().split('\n')
  return code === 127 ? `${host.name} has no nft` : `${host.name}'s nftables cannot pass packets on: ${said}`
}

/** A packet is sent; why it is not carried, if it is not. */
export async function notCarried(
  address: string,
  from: { readonly host: Host; readonly place: Side },
  to: { readonly host: Host; readonly place: Side },
): Promise<string | undefined> {
  try {
    if (await carries(address, from, to)) return undefined
  } catch (error) {
    if (error instanceof SegmentUnknown) return `${error.message} (${error.said ?? ''})`
    throw error
  }
  return `a test packet for ${address} from ${from.host.name} to ${to.host.name} by MAC address did not arrive within ${formatDuration(3000)}`
}
