import type { Weight } from './commands.ts'

/** What HAProxy makes of a weight: a share of the configured one is rounded down, to 0 too (2.6, 3.0: 50% of 1 is 0). */
export function effectiveWeight(weight: Weight, initial: number): number {
  if (typeof weight === 'number') return weight
  return Math.floor((initial * Number(weight.slice(0, -1))) / 100)
}

/** A share that is meant to be some, and comes to none: no new client would be sent there. */
export function comesToNothing(weight: Weight, initial: number): boolean {
  return typeof weight === 'string' && weight !== '0%' && effectiveWeight(weight, initial) === 0
}

/** `50% of 100 → 50`; undefined where the weight says itself what it comes to. */
export function weightInFull(weight: Weight, initial: number): string | undefined {
  return typeof weight === 'number' ? undefined : `${weight} of ${initial} → ${effectiveWeight(weight, initial)}`
}
