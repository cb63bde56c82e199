import { nodeOf } from '../../daemons/keepalived/node.ts'
import { HostUnreachable } from '../../hosts/errors.ts'
import type { Host } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { defineGuard } from '../define.ts'
import { daemonThing } from '../things.ts'

/** What is asked of a VIP's nodes: does it stay where it is when their Keepaliveds have read what they are to read? */
export type VipStays = {
  readonly name: string
  readonly address: string
  readonly unit: string
  readonly nodes: readonly {
    readonly host: HostName
    /** The priority in that text; undefined where it tells none, and it stays as it is. */
    readonly priority?: number
    /** It takes a VIP from a master of lower priority; undefined: as it does now. */
    readonly preempts?: boolean
    readonly routerId?: number
    /** That text has the VIP no more. */
    readonly gone?: true
  }[]
  /** On the way back one that cannot be reached is no reason to leave the others half-way. */
  readonly withoutLost?: true
}

/** A VIP would move by the changed priorities alone, and every connection to it be cut. */
export class VipWouldMove extends ZdtError {
  constructor({ name, address }: Pick<VipStays, 'name' | 'address'>, { to, from, why }: Move) {
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
  readonly routerId?: number
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
export async function refuseToMove(asked: VipStays, on: (name: HostName) => Promise<Host>): Promise<void> {
  const nodes = await Promise.all(
    asked.nodes.map(async ({ host, priority, preempts, routerId, gone }): Promise<PriorityNode[]> => {
      const reached = await on(host).catch((error: unknown) => {
        if (asked.withoutLost && error instanceof HostUnreachable) return undefined
        throw error
      })
      if (!reached) return []
      const { heldBy, instance } = await nodeOf(reached, asked)
      // Its Keepalived does not tell, or does not have the VIP: then it takes nothing.
      if (!instance) return []
      if (gone && heldBy !== null) throw vipWouldGo(asked, host)
      // What a track_file or a script adds or takes away stays as it is.
      const by = priority === undefined ? 0 : priority - instance.base
      const [now, after] = [advertised(instance.total), advertised(instance.total + by)]
      return [
        {
          host,
          now,
          after,
          holds: heldBy !== null,
          routerId: routerId ?? instance.routerId,
          preempts: preempts ?? instance.preempt,
        },
      ]
    }),
  )
  refuseTwoIds(asked, nodes.flat())
  const move = moveBy(nodes.flat())
  if (move) throw new VipWouldMove(asked, move)
}

/** By another id the one does not hear the other, and both hold the VIP. */
function refuseTwoIds({ name, address }: VipStays, nodes: readonly PriorityNode[]): void {
  const [first, ...more] = nodes
  const other = more.find(({ routerId }) => routerId !== first?.routerId)
  if (!first || !other) return
  const each = [first, other].map(({ host, routerId }) => `${routerId} on ${host}`).join(', ')
  throw new ZdtError(`the nodes of the VIP ${name} (${address}) would not hear each other, and both hold it`, {
    code: 'vrrp-differs',
    exit: 'refused',
    said: `virtual_router_id ${each}`,
    suggestions: ['zdt apply keepalived   # all nodes of a VIP at once'],
  })
}

function vipWouldGo({ name, address }: VipStays, host: HostName): ZdtError {
  return new ZdtError(`${host} holds the VIP ${name} (${address}), and what its Keepalived is to read has it no more`, {
    code: 'vip-would-go',
    exit: 'refused',
    host,
    suggestions: [`zdt failover ${name}   # first, with every connection kept; then this again`, 'zdt diff keepalived'],
  })
}

/** What is advertised is cut to 1 to 254. */
function advertised(total: number): number {
  return Math.min(254, Math.max(1, total))
}

/** Right before a Keepalived reads another text: who holds the VIP may have changed since. */
export const vipStays = defineGuard<VipStays>({
  kind: 'vip.stays',
  describe: ({ name, address }) => ({ title: `the VIP ${name} (${address}) stays where it is`, commands: ['zdt vip'] }),
  check: (asked, on) => refuseToMove(asked, (name) => on.other(name)),
  protects: ({ unit }, host) => [daemonThing(host, unit)],
})
