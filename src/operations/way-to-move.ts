import type { Instance, TrackFile } from '../daemons/keepalived/parse-dump.ts'
import { downMs, skewMs } from '../daemons/keepalived/timing.ts'
import { formatDuration } from '../lib/durations.ts'
import type { HostName, Millis } from '../lib/types.ts'

/** A node that has the VIP's instance. */
export type Known = { readonly host: HostName; readonly instance: Instance }

/** What to write into a track file, and what the effective priority comes to. */
export type Shift = {
  readonly host: HostName
  readonly path: string
  readonly status: number
  readonly priority: number
}

/** How a VIP is made to move, best first. */
export type WayToMove = {
  /** Until the other has it, at the longest. */
  readonly takes: Millis
  /** What it costs, in a sentence. */
  readonly cost: string
} & (
  | { readonly by: 'priority'; readonly shifts: readonly Shift[] }
  /** `again`: whether Keepalived may run on the old holder afterwards without taking the VIP back. */
  | { readonly by: 'stop'; readonly again: boolean }
)

/** How far below the new holder's the others' priorities are put. */
const margin = 10

/**
 * The way with the least gap that the configuration allows: by effective priorities through track files, where the holder
 * serves until the other has taken over; else by stopping Keepalived. A sentence where there is none. Pure.
 */
export function wayToMove(
  nodes: readonly Known[],
  from: HostName,
  to: HostName,
): WayToMove | { readonly none: string } {
  const holder = nodes.find(({ host }) => host === from)
  const target = nodes.find(({ host }) => host === to)
  if (!holder || !target) return { none: `Keepalived does not tell of the VIP on ${holder ? to : from}` }
  const shifts = target.instance.preempt ? shiftsFor(nodes, target) : `${to} has nopreempt`
  if (typeof shifts !== 'string') {
    const takes = downMs({ ...target.instance, effective: priorityAt(shifts, target) })
    return {
      by: 'priority',
      shifts,
      takes,
      cost: `no gap: ${from} serves until ${to} takes over, after ${formatDuration(takes)}`,
    }
  }
  return byStop(nodes, holder, target, shifts)
}

/** Raises what was lowered on the target, and lowers whoever would still be above it. Else: why not. */
function shiftsFor(nodes: readonly Known[], target: Known): Shift[] | string {
  const own = fileOf(target.instance)
  const lowered = own && own.status * own.weight < 0
  const raised: Shift[] = lowered
    ? [{ host: target.host, path: own.path, status: 0, priority: target.instance.total - own.status * own.weight }]
    : []
  const above = priorityAt(raised, target)
  if (above < 2) return `${target.host} has the lowest priority there is`
  const shifts = [...raised]
  for (const { host, instance } of nodes) {
    if (host === target.host || instance.total < above) continue
    const file = fileOf(instance)
    if (!file) return `${host} has no track file with a weight`
    const priority = Math.max(1, above - margin)
    const lower = Math.ceil((instance.total - priority) / Math.abs(file.weight))
    const status = file.status - lower * Math.sign(file.weight)
    // keepalived.conf(5): a file holds -254 to 254.
    if (Math.abs(status) > 254)
      return `the track file of ${host} cannot lower its priority below that of ${target.host}`
    shifts.push({ host, path: file.path, status, priority: instance.total - lower * Math.abs(file.weight) })
  }
  return shifts
}

function byStop(nodes: readonly Known[], holder: Known, target: Known, why: string): WayToMove | { none: string } {
  const rival = nodes.find(
    ({ host, instance }) => host !== holder.host && host !== target.host && instance.total >= target.instance.total,
  )
  if (rival) return { none: `${why}, and if Keepalived stopped on ${holder.host}, ${rival.host} would take the VIP` }
  const again = !holder.instance.preempt || holder.instance.total < target.instance.total
  const takes = skewMs(target.instance)
  const after = again ? '' : `; it stays stopped there, or it would take the VIP back`
  return {
    by: 'stop',
    again,
    takes,
    cost: `${why}, so Keepalived is stopped on ${holder.host}: nobody answers for about ${formatDuration(takes)}${after}`,
  }
}

function priorityAt(shifts: readonly Shift[], { host, instance }: Known): number {
  return shifts.find((shift) => shift.host === host)?.priority ?? instance.total
}

function fileOf({ trackFiles }: Instance): TrackFile | undefined {
  return trackFiles.find(({ weight }) => weight !== 0)
}
