import { z } from 'zod'
import type { Host } from '../../hosts/host.ts'
import { jsonOrNothing } from '../../lib/json-or-nothing.ts'
import type { Mac } from './frames.ts'
import { isIPv6, sameAddress } from './ip.ts'
import { saidBy } from './look-failed.ts'

const shown = z.array(
  z.object({
    ifname: z.string().optional(),
    link_type: z.string().optional(),
    address: z.string().optional(),
    addr_info: z
      .array(z.object({ local: z.string().optional(), prefixlen: z.number().optional(), scope: z.string().optional() }))
      .optional(),
  }),
)

/** An Ethernet interface of a host. */
export type Interface = {
  readonly name: string
  readonly mac: Mac
  readonly addresses: readonly { readonly address: string; readonly prefix: number }[]
}

/** Reads `ip -j address`; what is no Ethernet is left out. Throws when it is no such JSON. */
export function parseInterfaces(stdout: string): Interface[] {
  return shown.parse(JSON.parse(stdout)).flatMap(({ ifname, link_type: type, address: mac, addr_info: info = [] }) => {
    if (ifname === undefined || mac === undefined || type !== 'ether') return []
    const addresses = info.flatMap(({ local, prefixlen }) =>
      local === undefined || prefixlen === undefined ? [] : [{ address: local, prefix: prefixlen }],
    )
    return [{ name: ifname, mac, addresses }]
  })
}

/** The host's Ethernet interfaces. */
export async function interfacesOf(host: Host, signal?: AbortSignal): Promise<Interface[]> {
  return parseInterfaces(await saidBy(host, ['ip', '-j', 'address'], signal && { signal }))
}

/** The interface by which `address` would be reached without a router, from `ip -j route get ADDRESS`; null through one. */
export function onLink(stdout: string): string | null {
  const route = z.array(z.object({ dev: z.string(), gateway: z.string().optional() })).safeParse(jsonOrNothing(stdout))
  const [first] = route.success ? route.data : []
  return first && first.gateway === undefined && first.dev !== 'lo' ? first.dev : null
}

/** An interface's own address of the family of `of`, to ask from. An IPv6 one of the link itself will do. */
export function ownAddress({ addresses }: Interface, of: string): string | undefined {
  return addresses.find(({ address }) => isIPv6(address) === isIPv6(of) && !sameAddress(address, of))?.address
}
