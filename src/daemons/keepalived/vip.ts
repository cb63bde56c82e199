import { z } from 'zod'
import type { Host } from '../../hosts/host.ts'
import type { Millis } from '../../lib/types.ts'
import { AddressesUnknown } from './errors.ts'

/** Where the filter leaves an address out, `ip` prints `{}` in its place. */
const shown = z.array(
  z.object({
    ifname: z.string().optional(),
    addr_info: z.array(z.object({ local: z.string().optional() })).optional(),
  }),
)

/** Asks for one address only, IPv4 or IPv6. */
export function addressCommand(address: string): readonly string[] {
  return ['ip', '-j', 'address', 'show', 'to', address]
}

/**
 * The interface that holds an address, from `ip -j address show to ADDRESS`, or null.
 * An address on `lo` does not count: there it keeps sockets valid on a host that gave the VIP away, and answers no ARP.
 * Throws when it is no such JSON (an iproute2 before 4.13).
 */
export function holdingInterface(stdout: string): string | null {
  // Nothing at all is printed, rather than `[]`, when no interface matches on older versions.
  const interfaces = stdout.trim() === '' ? [] : shown.parse(JSON.parse(stdout))
  const holding = interfaces.find(
    ({ ifname, addr_info = [] }) => ifname !== 'lo' && addr_info.some(({ local }) => local !== undefined),
  )
  return holding?.ifname ?? null
}

/**
 * The interface by which this host holds the VIP now, or null. Ask every node: two holders are a split brain, and
 * Keepalived's own state does not show it (TRAPS: Keepalived). Throws AddressesUnknown, and what Host.run
 * throws.
 */
export async function whereHeld(
  host: Host,
  address: string,
  options: { readonly timeout?: Millis; readonly signal?: AbortSignal } = {},
): Promise<string | null> {
  const { code, stdout, stderr } = await host.run(addressCommand(address), options)
  if (code !== 0) throw new AddressesUnknown({ host: host.name, said: stderr.toString('utf8').trim() })
  try {
    return holdingInterface(stdout.toString('utf8'))
  } catch (cause) {
    throw new AddressesUnknown({ host: host.name, said: stdout.toString('utf8').slice(0, 200), cause })
  }
}
