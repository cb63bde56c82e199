import { poolNamed } from '../../fleet/selectors.ts'
import { variants, variantsServed } from '../../lib/split-rules.ts'
import type { World } from '../operation.ts'
import { lookAtSplit } from './look.ts'

/**
 * The fleet with at least one server in each pool that a split sends clients to: where `min_available` is 0, for a pool that
 * mostly rests, nobody would notice that it does not rest now. Where a split cannot be looked at, it may send anybody anywhere.
 */
export async function withSplitsHeeded(world: World): Promise<World> {
  const { fleet, hosts } = world
  const received = await Promise.all(
    [...fleet.splits.values()]
      .filter(({ a, b }) => [a, b].some((name) => poolNamed(fleet, name).minAvailable === 0))
      .map(async (split) => {
        const seen = await lookAtSplit(fleet, hosts, split).catch(() => undefined)
        const served = seen ? seen.flatMap(({ rules }) => variantsServed(rules)) : variants
        return served.map((which) => split[which])
      }),
  )
  const names = new Set(received.flat())
  if (names.size === 0) return world
  const pools = [...fleet.pools].map(([name, pool]) => {
    const minAvailable = names.has(name) ? Math.max(1, pool.minAvailable) : pool.minAvailable
    return [name, { ...pool, minAvailable }] as const
  })
  return { ...world, fleet: { ...fleet, pools: new Map(pools) } }
}
