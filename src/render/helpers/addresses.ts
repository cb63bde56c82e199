import { Mistake } from '../errors.ts'
import { isAddress } from '../../fleet/address.ts'
import { asList, asText, type Helper } from './helper.ts'

const isIpv6 = (address: string): boolean => address.includes(':')
const bracketed = (address: string): string => (isIpv6(address) ? `[${address}]` : address)

/** The first address of a host that is of the family of another address. */
function addressLike([host, address]: readonly unknown[]): string {
  const wanted = isIpv6(asText(address))
  const found = addressesOf(host).find((each) => isIpv6(each) === wanted)
  if (found !== undefined) return found
  const family = wanted ? 'IPv6' : 'IPv4'
  const name = (host as { readonly name?: unknown }).name
  throw new Mistake(`${asText(name)} has no ${family} address: name one in its other_addresses`)
}

function addressesOf(host: unknown): string[] {
  if (typeof host !== 'object' || host === null || !('address' in host)) throw new Mistake('wants a host')
  const others = 'other_addresses' in host ? asList(host.other_addresses) : []
  return [host.address, ...others].map(asText).filter(isAddress)
}

/** Helpers for addresses: whatever has a colon in it is IPv6. */
export const addresses: Readonly<Record<string, Helper>> = {
  /** `10.0.0.21:8080`, `[2001:db8::21]:8080`. */
  endpoint: { takes: [2, 2], call: ([address, port]) => `${bracketed(asText(address))}:${asText(port)}` },
  /** Those of a host in zdt.yaml that are addresses and no names. */
  addresses_of: { takes: [1, 1], call: ([host]) => addressesOf(host) },
  /** `{{address_like host vip}}`: an address of the host, IPv6 where the other is. */
  address_like: { takes: [2, 2], call: addressLike },
  bracketed: { takes: [1, 1], call: ([address]) => bracketed(asText(address)) },
  ipv6: { takes: [1, 1], call: ([address]) => isIpv6(asText(address)) },
  /** The address of `10.0.0.100/24`. */
  address_of: { takes: [1, 1], call: ([cidr]) => asText(cidr).replace(/\/.*$/, '') },
}
