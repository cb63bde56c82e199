import type { Host } from '../../hosts/host.ts'
import { sameAddress } from './ip.ts'
import { saidBy } from './look-failed.ts'

/** The TCP ports on which processes of these names listen, from `ss -HOltnp` as root; those of `lo` alone are nobody's else. */
export function portsOf(names: readonly string[], stdout: string): number[] {
  const ports = stdout.split('\n').flatMap((line) => {
    const [, address = '', port] = /^(.*):(\d+)$/.exec(line.trim().split(/\s+/)[3] ?? '') ?? []
    const mine = names.some((name) => line.includes(`(("${name}",`) || line.includes(`,("${name}",`))
    const local = /^(127\.|\[::1\])/.test(address)
    return port !== undefined && mine && !local ? [Number(port)] : []
  })
  return [...new Set(ports)].toSorted((a, b) => a - b)
}

/** The ports that processes of these names serve on a host. Throws LookFailed, and what Host.run throws. */
export async function servedPorts(host: Host, names: readonly string[]): Promise<number[]> {
  return portsOf(names, await saidBy(host, ['ss', '-HOltnp'], { as: 'root' }))
}

/** Asks for the established connections to some ports of a host. */
export function establishedAt(ports: readonly number[]): readonly string[] {
  const filter = ports.flatMap((port, index) => [...(index > 0 ? ['or'] : []), 'sport', '=', `:${port}`])
  return ['ss', '-HOtn', 'state', 'established', '(', ...filter, ')']
}

/** One of them. */
export type Peer = { readonly address: string; readonly port: string; readonly at: string }

/** Reads the answer of `establishedAt`. Connections of the host with itself are left out, and those from `except`. */
export function peersOf(stdout: string, except: readonly string[]): Peer[] {
  return stdout.split('\n').flatMap((line) => {
    const [, , here = '', peer = ''] = line.trim().split(/\s+/)
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(peer) ?? []
    const address = bare(host)
    if (port === '' || address.startsWith('127.') || address === '::1') return []
    return except.some((one) => sameAddress(one, address)) ? [] : [{ address, port, at: here }]
  })
}

function bare(address: string): string {
  return address.replaceAll(/^\[|\]$|%.*$/g, '').replace(/^::ffff:/, '')
}
