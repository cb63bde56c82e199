/** The weights of one backend that come closest to a share: one for each canary, and one for each of the others. */
export interface Weights {
  readonly canary: number
  readonly others: readonly number[]
}

/** HAProxy takes 0 to 256. */
const most = 256

/**
 * What weights give `many` canaries a share of the traffic between them, at each of the shares in turn. The others keep theirs
 * where that will do, and else theirs in proportion: beside two of weight 1 nobody has 1 %, and beside forty of 100 nobody 50 %.
 */
export function weightsFor(shares: readonly number[], many: number, others: readonly number[]): Weights[] {
  const scale = scaleFor(shares, many, others)
  const scaled = others.map((weight) => (weight === 0 ? 0 : within(weight * scale)))
  return shares.map((share) => ({ canary: within(exact(share, many, total(scaled))), others: scaled }))
}

/** What of the traffic canaries of that weight get. */
export function shareOfWeights({ canary, others }: Weights, many: number): number {
  return (many * canary) / (many * canary + total(others))
}

function exact(share: number, many: number, rest: number): number {
  return (share * rest) / ((1 - share) * many)
}

/** By how much to multiply the others' weights: 1 where the least share is then no less than 2, and the greatest fits. */
function scaleFor(shares: readonly number[], many: number, others: readonly number[]): number {
  const [least = 0, greatest = 0] = [shares[0], shares.at(-1)]
  const rest = total(others)
  if (exact(least, many, rest) >= 2 && exact(greatest, many, rest) <= most) return 1
  return Math.min(most / Math.max(...others), most / exact(greatest, many, rest))
}

function within(weight: number): number {
  return Math.min(most, Math.max(1, Math.round(weight)))
}

function total(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0)
}
