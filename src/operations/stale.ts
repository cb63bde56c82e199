import { runningCode, type CodeOf, type Owner, type RunningCode } from '../daemons/linux/stale.ts'
import { asZdtError, told } from '../engine/told.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { UnknownName } from '../fleet/errors.ts'
import type { Hosts } from '../hosts/host.ts'
import type { HostName } from '../lib/types.ts'
import type { StaleDaemon, StaleHost, StaleReport } from './stale-report.ts'

/** Which daemons of the fleet run code that is no longer on disk, and which updates wait; of these hosts alone where some are named. */
export async function staleCode(fleet: Fleet, hosts: Hosts, only: readonly string[]): Promise<StaleReport> {
  for (const name of only) if (!fleet.hosts.has(name)) throw new UnknownName('host', name, [...fleet.hosts.keys()])
  const names = [...fleet.hosts.values()].map(({ name }) => name)
  const asked = names.filter((name) => only.length === 0 || only.includes(name))
  const having = asked.filter((name) => only.length > 0 || unitsOn(fleet, name).length > 0)
  return { fleet: fleet.name, hosts: await Promise.all(having.map((name) => staleOn(fleet, hosts, name))) }
}

interface Unit {
  readonly daemon: StaleDaemon['daemon']
  readonly unit: string
}

function unitsOn(fleet: Fleet, name: HostName): Unit[] {
  const kinds = ['haproxy', 'nginx', 'keepalived'] as const
  const all = kinds.flatMap((daemon) =>
    [...fleet[daemon].values()].flatMap(({ hosts, unit }) => (hosts.includes(name) ? [{ daemon, unit }] : [])),
  )
  // One Keepalived may hold several VIPs.
  return all.filter((one, index) => all.findIndex(({ unit }) => unit === one.unit) === index)
}

async function staleOn(fleet: Fleet, hosts: Hosts, name: HostName): Promise<StaleHost> {
  try {
    return await codeOn(fleet, hosts, name)
  } catch (thrown) {
    return { host: name, daemons: [], waiting: [], error: told(asZdtError(thrown, name)) }
  }
}

/** The same of one host. Throws what hosts throw. */
export async function codeOn(fleet: Fleet, hosts: Hosts, name: HostName): Promise<StaleHost> {
  const units = unitsOn(fleet, name)
  const host = await hosts.on(name)
  const seen = await runningCode(
    host,
    units.map(({ unit }) => unit),
  )
  return {
    host: name,
    daemons: units.map((unit) => staleDaemon(unit, seen)),
    waiting: waiting(seen),
    ...(seen.listsAt !== undefined && { listsAt: seen.listsAt }),
  }
}

function staleDaemon({ daemon, unit }: Unit, { units, owners }: RunningCode): StaleDaemon {
  const processes = units.get(unit)?.processes ?? []
  const stale = processes.filter(({ gone }) => gone.length > 0)
  return {
    daemon,
    unit,
    processes: processes.length,
    stale: stale.length,
    // What a reload has left behind ends by itself; a main process starts whatever it starts with the code it has.
    leaving: stale.length > 0 && !stale.some(({ main }) => main),
    gone: goneOf(stale, owners),
  }
}

function goneOf(stale: readonly CodeOf[], owners: ReadonlyMap<string, Owner>): StaleDaemon['gone'] {
  const paths = [...new Set(stale.flatMap(({ gone }) => gone))].toSorted()
  return paths.map((path) => {
    const owner = owners.get(path)
    return { path, ...(owner && { package: owner.package, installed: owner.installed }) }
  })
}

/** Packages of which these daemons execute something, and of which apt knows a newer version. */
function waiting({ owners }: RunningCode): StaleHost['waiting'] {
  const packages = new Map([...owners.values()].map((owner) => [owner.package, owner]))
  return [...packages.values()]
    .filter(({ installed, candidate }) => candidate !== installed && candidate !== '(none)')
    .toSorted((a, b) => a.package.localeCompare(b.package))
}
