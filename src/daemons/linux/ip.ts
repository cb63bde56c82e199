/** Whether an address is IPv6; all that zdt.yaml lets through is one of the two. */
export function isIPv6(address: string): boolean {
  return address.includes(':')
}

/** The prefix of one address alone: `10.0.0.100/32`, `2001:db8::100/128`. */
export function alone(address: string): string {
  return `${address}/${isIPv6(address) ? 128 : 32}`
}

/** As URLs have it, and `ss` in a filter: an IPv6 address without brackets would end in a port. */
export function bracketed(address: string): string {
  return isIPv6(address) ? `[${address}]` : address
}

/** Whether two spellings are one address. */
export function sameAddress(one: string, other: string): boolean {
  return one === other || (isIPv6(one) && isIPv6(other) && spelling(one) === spelling(other))
}

function spelling(address: string): string {
  return new URL(`http://[${address}]`).hostname
}

/** Is it an address, and not a name that each side may look up for itself? */
export function isLiteral(address: string): boolean {
  return /^[\d.]+$/.test(address) || address.includes(':')
}
