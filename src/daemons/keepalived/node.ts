import type { Host } from '../../hosts/host.ts'
import { sameAddress } from '../linux/ip.ts'
import { KeepalivedSilent, keepalivedDump } from './dump.ts'
import { parseDump, type Instance } from './parse-dump.ts'
import { whereHeld } from './vip.ts'

/** A VIP as one of its nodes shows it. */
export type Node = {
  /** By `ip addr`: the interface that holds it, or null. */
  readonly heldBy: string | null
  /** `silent`: it runs, and does not tell its state. */
  readonly keepalived: 'running' | 'stopped' | 'silent'
  /** By Keepalived's own word: the instance with this VIP among its addresses. */
  readonly instance?: Instance
  /** Its other instances: what makes one of them move may move these as well. */
  readonly others: readonly Instance[]
}

/** Looks at a VIP on one node. Throws AddressesUnknown, and what Host.run throws. */
export async function nodeOf(
  host: Host,
  { address, unit }: { readonly address: string; readonly unit: string },
  signal?: AbortSignal,
): Promise<Node> {
  const [heldBy, dump] = await Promise.all([
    whereHeld(host, address, signal && { signal }),
    keepalivedDump(host, unit, signal).catch((error: unknown) => {
      if (error instanceof KeepalivedSilent) return error
      throw error
    }),
  ])
  if (dump === undefined) return { heldBy, keepalived: 'stopped', others: [] }
  if (dump instanceof KeepalivedSilent) return { heldBy, keepalived: 'silent', others: [] }
  const instances = parseDump(dump)
  const instance = instances.find(({ addresses }) => addresses.some((one) => sameAddress(one, address)))
  const others = instances.filter((one) => one !== instance)
  return { heldBy, keepalived: 'running', ...(instance && { instance }), others }
}
