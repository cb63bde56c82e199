import { z } from 'zod'

/** What is wrong with a text, in words that follow it: `has no port`. */
export interface Mistake {
  readonly mistake: string
}

/** An address in the one spelling that equal addresses share: IPv6 compressed, names in lower case. */
export function canonicalAddress(address: string): string {
  if (!z.ipv6().safeParse(address).success) return address.toLowerCase()
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}

/** Whether it is an IP address, and no name. */
export function isAddress(text: string): boolean {
  return z.ipv4().safeParse(text).success || z.ipv6().safeParse(text).success
}

/** What is wrong with a host's address or name, or undefined. IPv6 may carry a zone; a port is a mistake. */
export function addressMistake(address: string): string | undefined {
  if (/^[^:]+:\d+$/.test(address)) return 'has a port'
  if (/^[\d.]+$/.test(address)) return z.ipv4().safeParse(address).success ? undefined : 'is no IPv4 address'
  if (address.includes(':')) {
    return z.ipv6().safeParse(address.replace(/%[A-Za-z0-9._-]+$/, '')).success ? undefined : 'is no IPv6 address'
  }
  // A leading dash would reach ssh as an option.
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(address) ? undefined : 'is no address or host name'
}

/** `10.0.0.21:8080`, `app1.internal:8080` or `[2001:db8::21]:8080`, taken apart; or what is wrong with it. */
export function parseEndpoint(text: string): { address: string; port: number } | Mistake {
  const [, bracketed, bare, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(text) ?? []
  const address = bracketed ?? bare
  if (address === undefined) {
    return { mistake: z.ipv6().safeParse(text).success ? 'is IPv6 without brackets' : 'is no address and port' }
  }
  const mistake = addressMistake(address)
  if (mistake !== undefined) return { mistake: address === '' ? 'has no address' : mistake }
  if (digits === undefined || digits === '') return { mistake: 'has no port' }
  const port = Number(digits)
  if (!/^\d+$/.test(digits) || port < 1 || port > 65_535) return { mistake: `has the port ${digits}, out of 1–65535` }
  return { address, port }
}

/** `10.77.0.100/24` or `2001:db8::100/64`, taken apart; or what is wrong with it. */
export function parseVip(text: string): { address: string; prefix: number } | Mistake {
  const [address = '', length, ...rest] = text.split('/')
  const bits = z.ipv4().safeParse(address).success ? 32 : z.ipv6().safeParse(address).success ? 128 : undefined
  if (bits === undefined || rest.length > 0) return { mistake: 'is no IP address with a prefix length' }
  if (length === undefined) return { mistake: 'has no prefix length' }
  const prefix = Number(length)
  if (!/^\d+$/.test(length) || prefix > bits) return { mistake: `has the prefix length /${length}, out of 0–${bits}` }
  return { address, prefix }
}
