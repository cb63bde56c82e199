import { type Place, seatName } from '../commands.ts'
import { type ConfiguredServer, endpointWord } from '../config/configured.ts'
import type { KeptServer } from './runtime-state.ts'

/** A server by what it is, not by what it is called. */
function target({ endpoint }: ConfiguredServer): string {
  return endpoint ? endpointWord(endpoint) : ''
}

function byBackend(servers: readonly ConfiguredServer[]): Map<string, ConfiguredServer[]> {
  return Map.groupBy(servers, ({ backend }) => backend)
}

/** The only one, or none. */
function only<T>(found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined
}

/** The servers of a backend, whatever it is called. */
function face(servers: readonly ConfiguredServer[]): string {
  return servers
    .map(({ server, where }) => `${server} ${where}`)
    .toSorted()
    .join('\n')
}

/** The backend that goes and the only one that comes with the very same servers are one, renamed. */
function renamedBackends(
  old: ReadonlyMap<string, readonly ConfiguredServer[]>,
  next: ReadonlyMap<string, readonly ConfiguredServer[]>,
): Map<string, string> {
  const going = [...old].filter(([name]) => !next.has(name))
  const coming = [...next].filter(([name]) => !old.has(name))
  return new Map(
    going.flatMap(([name, servers]) => {
      const twins = going.filter(([, others]) => face(others) === face(servers))
      const same = only(coming.filter(([, others]) => face(others) === face(servers)))
      return same && twins.length === 1 && servers.length > 0 ? [[name, same[0]] as const] : []
    }),
  )
}

/**
 * Finds for each server of the running worker the one of the new configuration that goes on from it: of the same name;
 * else, in the same backend, the only new name at its address; each also in a backend that was renamed.
 */
export function successors(
  running: readonly KeptServer[],
  old: readonly ConfiguredServer[],
  next: readonly ConfiguredServer[],
): ReadonlyMap<string, ConfiguredServer> {
  const renamed = renamedBackends(byBackend(old), byBackend(next))
  const named = new Map(next.map((server) => [seatName(server), server]))
  const oldNames = new Map(old.map((server) => [seatName(server), server]))
  const backendsNow = byBackend(next)
  const asNow = ({ backend, server }: Place): Place => ({ backend: renamed.get(backend) ?? backend, server })
  const runningNow = new Set(running.map((server) => seatName(asNow(server))))
  const found = new Map<string, ConfiguredServer>()
  for (const server of running) {
    const now = asNow(server)
    const same = named.get(seatName(now))
    const old = oldNames.get(seatName(server))
    const moved =
      old?.endpoint &&
      only(
        (backendsNow.get(now.backend) ?? []).filter(
          (other) => target(other) === target(old) && !runningNow.has(seatName(other)),
        ),
      )
    const successor = same ?? moved
    if (successor) found.set(seatName(server), successor)
  }
  return found
}
