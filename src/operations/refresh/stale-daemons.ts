import { basename } from 'node:path'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import type { HostName } from '../../lib/types.ts'
import { codeOn } from '../stale.ts'
import type { StaleDaemon } from '../stale-report.ts'

/** A daemon whose main process runs code that is no longer on disk. */
export interface Stale {
  readonly host: HostName
  readonly daemon: StaleDaemon['daemon']
  /** Some of that code is a library's. */
  readonly library: boolean
  /** `nginx on web1 runs what is no longer on disk: libssl.so.3`. */
  readonly fact: string
}

/** Looks for them on these hosts. What a reload has left behind ends by itself and is none. Throws what hosts throw. */
export async function findStale(fleet: Fleet, hosts: Hosts, names: readonly HostName[]): Promise<Stale[]> {
  const reports = await Promise.all(names.map((name) => codeOn(fleet, hosts, name)))
  return reports.flatMap(({ host, daemons }) =>
    daemons
      .filter(({ stale, leaving }) => stale > 0 && !leaving)
      .map(({ daemon, gone }) => ({
        host,
        daemon,
        library: gone.some(({ path }) => /\.so(\.|$)/.test(path)),
        fact: `${daemon} on ${host} runs what is no longer on disk: ${gone.map(({ path }) => basename(path)).join(', ')}`,
      })),
  )
}
