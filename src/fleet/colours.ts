import type { Pool } from './fleet.ts'

/**
 * The colour of a server that is to begin in maintenance, for it is new: one of whose servers none serves, while one of the
 * other colour's does. Undefined where it begins like any other.
 */
export function restingColour(
  { rollout }: Pool,
  server: string,
  serves: (server: string) => boolean,
): string | undefined {
  const colours = [...(rollout?.blueGreen.colours ?? [])]
  const own = colours.find(([, servers]) => servers.includes(server))
  if (!own || own[1].some(serves)) return undefined
  return colours.some((other) => other !== own && other[1].some(serves)) ? own[0] : undefined
}
