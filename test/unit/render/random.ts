/** Numbers from 0 to 1, the same for the same seed. */
export function random(seed: number) {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    chance: (share: number): boolean => next() < share,
    of: <T>(things: readonly T[]): T => things[below(things.length)] as T,
    some: <T>(most: number, make: () => T): T[] => Array.from({ length: below(most + 1) }, make),
  }
}

export type Random = ReturnType<typeof random>

/** How many cases: a few hundred, or ZDT_FUZZ of them. */
export const cases = Number(process.env['ZDT_FUZZ'] ?? 200)

/** Where they begin: ZDT_SEED runs the one case that a failure names. */
export const firstSeed = Number(process.env['ZDT_SEED'] ?? 1)
