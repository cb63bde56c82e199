import type { StepDraft } from '../../engine/plan.ts'
import { ZdtError } from '../../lib/errors.ts'
import { setServerWeight } from '../../steps/haproxy/set-weight.ts'
import type { SeenSeat } from '../look-at-seats.ts'
import type { Rolling } from './batch.ts'
import { weightsFor, type Weights } from './weights.ts'

/** One backend at one load balancer: who comes to a share there, who has the rest, and their weights at each share. */
export interface Field {
  readonly canary: readonly SeenSeat[]
  readonly others: readonly SeenSeat[]
  readonly at: readonly Weights[]
}

/**
 * Where some seats come to shares of the traffic, and who has the rest there. Throws where nobody else serves, or shares cannot be
 * given (TRAPS: a static algorithm takes all or nothing).
 */
export function fieldsOf(
  { pool, to }: Rolling,
  shares: readonly number[],
  moving: readonly SeenSeat[],
  others: readonly SeenSeat[],
): Field[] {
  const rest = others.filter(({ view }) => !view.backup && view.weight > 0)
  const keys = [...new Set(moving.map(keyOf))]
  return keys.map((key) => {
    const canary = moving.filter((one) => keyOf(one) === key)
    const others = rest.filter((one) => keyOf(one) === key)
    const [first] = canary
    const backend = first?.all.backends.find(({ backend }) => backend === first.seat.backend)
    const rolling = [`zdt rollout ${pool.name} --to ${to} --strategy rolling`]
    if (backend?.weights === 'all or nothing') {
      throw new ZdtError(`${backend.backend} balances by ${backend.algorithm}, which gives no shares`, {
        code: 'static-algorithm',
        exit: 'refused',
        ...(first && { host: first.seat.host }),
        suggestions: rolling,
      })
    }
    if (others.length === 0) {
      throw new ZdtError(`nobody else serves ${pool.name}: a canary has nothing to be measured against`, {
        code: 'no-baseline',
        exit: 'refused',
        ...(first && { host: first.seat.host }),
        suggestions: rolling,
      })
    }
    const weights = others.map(({ view }) => view.weight)
    return { canary, others, at: weightsFor(shares, canary.length, weights) }
  })
}

function keyOf({ seat }: SeenSeat): string {
  return `${seat.host} ${seat.socket} ${seat.backend}`
}

/** Gives them one of the shares, by its number. */
export function weigh(fields: readonly Field[], index: number): StepDraft[] {
  return fields.flatMap(({ canary, others, at }) => {
    const weights = at[index]
    if (!weights) return []
    // The others' stay as the first share has set them.
    const moved =
      index === 0 ? others.map((one, place) => [one, weights.others[place] ?? one.view.weight] as const) : []
    return [
      ...canary.map(({ seat }) => setServerWeight.at(seat.host, { seat, weight: weights.canary })),
      ...moved
        .filter(([{ view }, weight]) => view.weight !== weight)
        .map(([{ seat }, weight]) => setServerWeight.at(seat.host, { seat, weight })),
    ]
  })
}

/** Those who come in the place of the others: one that had no weight gets the configured one, for nobody else serves then. */
export function weighty(one: SeenSeat): SeenSeat {
  const { weight, initialWeight } = one.view
  return { ...one, view: { ...one.view, weight: weight || initialWeight || 1 } }
}

/** Everybody's weight as it was. */
export function asBefore(fields: readonly Field[]): StepDraft[] {
  return fields.flatMap(({ canary, others, at }) => [
    ...canary.map(({ seat, view }) => setServerWeight.at(seat.host, { seat, weight: view.weight })),
    ...others
      .filter(({ view }, place) => view.weight !== at[0]?.others[place])
      .map(({ seat, view }) => setServerWeight.at(seat.host, { seat, weight: view.weight })),
  ])
}
