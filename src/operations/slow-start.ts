import { seatName } from '../daemons/haproxy/commands.ts'
import { stage, type StageDraft } from '../engine/plan.ts'
import { formatDuration } from '../lib/durations.ts'
import type { Millis } from '../lib/types.ts'
import { setServerWeight } from '../steps/haproxy/set-weight.ts'
import { watchSeats } from '../steps/haproxy/watch-seats.ts'
import { watchedTogether, type SeenSeat } from './look-at-seats.ts'

/** How servers that come back get their share of the traffic: little first, for caches and pools of connections that are cold. */
export interface SlowStart {
  /** Until all of it; 0 is at once. */
  readonly over: Millis
  /** How much more of their answers may be errors meanwhile than of the others', as a share of 1. */
  readonly maxErrors: number
  /** Each server is watched by itself. */
  readonly alone?: boolean
}

/** What of its weight a server has on the way, for a third of the time each. */
const shares = [0.1, 0.25, 0.5] as const

/** Stages to put around the one that makes them ready. */
export interface Warming {
  readonly before: readonly StageDraft[]
  readonly after: readonly StageDraft[]
}

/** All of it at once. */
export const atOnce: Warming = { before: [], after: [] }

/**
 * HAProxy's own `slowstart` is for a server that its checks have brought up, not for one that an operator makes ready. So the weight
 * is lowered while nobody is sent there, and rises while it is watched: it stays up, and does not answer more errors than the others.
 * That it is slower yet is no fault.
 */
export function warming(seen: readonly SeenSeat[], { over, maxErrors, alone = false }: SlowStart): Warming {
  const slow = over === 0 ? [] : seen.filter(canBeLess)
  if (slow.length === 0) return atOnce
  const names = [...new Set(slow.map(({ seat }) => seatName(seat)))].join(', ')
  const at = (share: number): StageDraft =>
    stage(
      `${names}: ${share * 100}% of its weight`,
      slow.map((one) => setServerWeight.at(one.seat.host, { seat: one.seat, weight: partOf(one, share) })),
    )
  const watch = Math.round(over / shares.length)
  const limits = { maxErrors, maxSlower: Number.MAX_SAFE_INTEGER, samples: 20 }
  const watched = (share: number): StageDraft =>
    stage(
      `watch ${names} warm up for ${formatDuration(watch)}`,
      watchedTogether(slow, alone).map(({ seats, beside }) => {
        const own = seats.flatMap((seat) => slow.filter((one) => one.seat === seat))
        const weights = own.map((one) => partOf(one, share))
        return watchSeats.at(seats[0].host, { seats, watch, limits, weights, ...beside })
      }),
    )
  const after = shares.flatMap((share, index) => [watched(share), at(shares[index + 1] ?? 1)])
  return { before: [at(shares[0])], after }
}

function partOf({ view }: SeenSeat, share: number): number {
  return Math.max(1, Math.round(view.weight * share))
}

/** Where it is not so, and why. */
export function notSlow(seen: readonly SeenSeat[], { over }: SlowStart): string[] {
  if (over === 0) return []
  return seen
    .filter((one) => !canBeLess(one))
    .map(({ seat, view }) => {
      const why = view.weight < 2 ? `has weight ${view.weight}` : 'is in a backend whose algorithm may give no shares'
      return `${seatName(seat)} on ${seat.host} ${why}: no slow start there`
    })
}

function canBeLess({ seat, view, all }: SeenSeat): boolean {
  const backend = all.backends.find((one) => one.backend === seat.backend)
  // Of a hash nobody knows: with `hash-type map-based`, the default, HAProxy takes all or nothing.
  return view.weight >= 2 && (backend?.weights ?? 'any') === 'any'
}
