import type { Pool } from './fleet.ts'

/**
 * The colour of a server that is to begin in maintenance, for it is new: one of whose servers none serves, while the other
 * colour has servers there. Undefined where it begins like any other.
 */
export function restingColour(
  { rollout }: Pool,
  server: string,
  balancer: { readonly has: (server: string) => boolean; readonly sendsTo: (server: string) => boolean },
): string | undefined {
  const colours = [...(rollout?.blueGreen.colours ?? [])]
  const own = colours.find(([, servers]) => servers.includes(server))
  if (!own || own[1].some(balancer.sendsTo)) return undefined
  return colours.some((other) => other !== own && other[1].some(balancer.has)) ? own[0] : undefined
}
