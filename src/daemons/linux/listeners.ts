import type { Host } from '../../hosts/host.ts'
import { isIPv6, sameAddress } from './ip.ts'
import { saidBy } from './look-failed.ts'

const listening = ['ss', '-HOltn'] as const

/** The ports on which a connection to `address` would be taken, from `ss -HOltn`: of that address, and of any address. */
export function portsFor(address: string, stdout: string): number[] {
  const ports = stdout.split('\n').flatMap((line) => {
    const [, host = '', port] = /^(.*):(\d+)$/.exec(line.trim().split(/\s+/)[3] ?? '') ?? []
    const bare = host.replaceAll(/^\[|\]$|%.*$/g, '').replace(/^::ffff:/, '')
    // A wildcard of IPv6 takes IPv4 as well, unless it is told not to.
    const any = bare === '*' || bare === '::' || (bare === '0.0.0.0' && !isIPv6(address))
    return port !== undefined && (any || sameAddress(bare, address)) ? [Number(port)] : []
  })
  return [...new Set(ports)].toSorted((a, b) => a - b)
}

/** The ports on which a host takes connections to an address, whether or not it has the address now. */
export async function listensAt(host: Host, address: string, signal?: AbortSignal): Promise<number[]> {
  return portsFor(address, await saidBy(host, listening, signal && { signal }))
}
