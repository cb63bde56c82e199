import { configuredInstances, type ConfiguredInstance } from '../../daemons/keepalived/config-instances.ts'
import { nodeOf } from '../../daemons/keepalived/node.ts'
import { sameAddress } from '../../daemons/linux/ip.ts'
import type { Fleet, KeepalivedSpec } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import type { Compared } from './compare.ts'
import { textsOfNode } from './vrrp.ts'

/** A VIP would move by the changed priorities alone, and every connection to it be cut. */
export class VipWouldMove extends ZdtError {
  constructor({ name, address }: Pick<KeepalivedSpec, 'name' | 'address'>, { to, from, why }: Move) {
    super(
      `${to} would take the VIP ${name} (${address}) from ${from}, and every connection to it would be cut: ${why}`,
      {
        code: 'vip-would-move',
        exit: 'refused',
        suggestions: [
          `zdt failover ${name} --to ${to}   # first, with every connection kept; then this again`,
          `leave ${from}'s priority above that of ${to}`,
        ],
      },
    )
  }
}

/** A node of a VIP: its priority in force now, and what is made of it. */
export interface PriorityNode {
  readonly host: HostName
  readonly holds: boolean
  readonly now: number
  readonly after: number
  /** It takes a VIP from a master of lower priority. */
  readonly preempts: boolean
}

interface Move {
  readonly to: HostName
  readonly from: HostName
  readonly why: string
}

/**
 * Who would take a VIP from its holder once the priorities change, in whatever order they do: hosts are reloaded one after
 * the other. Undefined where nobody would, and where nobody holds it. Equal priorities move nothing. Pure.
 */
export function moveBy(nodes: readonly PriorityNode[]): Move | undefined {
  const holder = nodes.find(({ holds }) => holds)
  if (!holder) return undefined
  const taker = nodes.find(
    (node) =>
      node !== holder &&
      node.preempts &&
      node.now <= holder.now &&
      Math.max(node.now, node.after) > Math.min(holder.now, holder.after),
  )
  if (!taker) return undefined
  const change = ({ host, now, after }: PriorityNode) =>
    now === after ? `${host} has priority ${now}` : `the priority of ${host} becomes ${after} (now ${now})`
  return { to: taker.host, from: holder.host, why: `${change(taker)}, ${change(holder)}` }
}

/** Throws VipWouldMove, and what hosts throw. */
export async function refuseMoves(fleet: Fleet, hosts: Hosts, compared: readonly Compared[]): Promise<void> {
  const changed = new Set(
    compared
      .filter(({ rendered, change }) => rendered.daemon === 'keepalived' && change.files.length > 0)
      .map(({ rendered }) => rendered.host),
  )
  const vips = [...fleet.keepalived.values()].filter((vip) => vip.hosts.some((host) => changed.has(host)))
  for (const vip of vips) {
    const nodes = await Promise.all(vip.hosts.map((host) => priorityOn(fleet, hosts, compared, { vip, host })))
    const move = moveBy(nodes.filter((node) => node !== undefined))
    if (move) throw new VipWouldMove(vip, move)
  }
}

/** Undefined where its Keepalived does not tell, or does not have the VIP: then it takes nothing. */
async function priorityOn(
  fleet: Fleet,
  hosts: Hosts,
  compared: readonly Compared[],
  { vip, host }: { readonly vip: KeepalivedSpec; readonly host: HostName },
): Promise<PriorityNode | undefined> {
  const [{ before, after }, { heldBy, instance }] = await Promise.all([
    textsOfNode(fleet, hosts, compared, host),
    nodeOf(await hosts.on(host), vip),
  ])
  if (!instance) return undefined
  const [was, is] = [instanceWith(before.text, vip.address), instanceWith(after.text, vip.address)]
  const now = advertised(instance.total)
  // What a track_file or a script adds or takes away stays as it is.
  const by = was && is ? is.priority - was.priority : 0
  return { host, holds: heldBy !== null, now, after: advertised(instance.total + by), preempts: is?.preempts ?? true }
}

/** What is advertised is cut to 1 to 254. */
function advertised(total: number): number {
  return Math.min(254, Math.max(1, total))
}

function instanceWith(text: string, address: string): ConfiguredInstance | undefined {
  return configuredInstances(text).find(({ addresses }) => addresses.some((one) => sameAddress(one, address)))
}
