import { downMs } from '../../daemons/keepalived/timing.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import { wayToMove, type Known, type Shift, type WayToMove } from '../way-to-move.ts'

/** How a VIP that was moved away comes home. */
export type WaysBack =
  | {
      /** Track files as they were before, where that alone brings nothing home. */
      readonly first: readonly Shift[]
      readonly way: WayToMove
    }
  /** Keepalived stays stopped meanwhile, and is held off: what starts it brings the VIP home. */
  | { readonly start: true; readonly takes: Millis }
  | { readonly none: string }

/**
 * The way home of a VIP that left `from` for `to` by `way`: priorities as they were, and where Keepalived would not take
 * it back by itself then, the way that a failover would take. `nodes` are as before the move. Pure.
 */
export function waysBack(
  nodes: readonly Known[],
  { from, to }: { readonly from: HostName; readonly to: HostName },
  way: WayToMove,
): WaysBack {
  const home = nodes.find(({ host }) => host === from)
  if (!home) return { none: `Keepalived does not tell of the VIP on ${from}` }
  const { instance } = home
  if (way.by === 'stop') {
    if (!way.again) return { start: true, takes: downMs({ ...instance, effective: instance.total }) }
    return onward([], wayToMove(nodes, to, from))
  }
  const shifts = way.shifts.map((shift) => asBefore(nodes, shift))
  if (!instance.preempt) return onward(shifts, wayToMove(nodes, to, from))
  const takes = downMs({ ...instance, effective: instance.total })
  return { first: [], way: { by: 'priority', shifts, takes, cost: `no gap: ${to} serves until ${from} takes over` } }
}

function onward(first: readonly Shift[], way: WayToMove | { readonly none: string }): WaysBack {
  return 'none' in way ? way : { first, way }
}

function asBefore(nodes: readonly Known[], { host, path }: Shift): Shift {
  const instance = nodes.find((node) => node.host === host)?.instance
  const status = instance?.trackFiles.find((file) => file.path === path)?.status ?? 0
  return { host, path, status, priority: instance?.total ?? 0 }
}
