import type { Fleet } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import { renderFleet } from '../rendered.ts'
import { liveTextOn, versionOn } from '../render.ts'
import { withNeeds } from './needs.ts'
import { openLines } from './open.ts'
import { compare, type Compared, type ServiceChange } from './compare.ts'

/** What is to be on the selected hosts, beside what is. Throws TemplateError and the like, UnknownName, and what hosts throw. */
export async function wanted(fleet: Fleet, hosts: Hosts, selection: readonly string[]): Promise<Compared[]> {
  const rendered = await renderFleet(fleet, selection, {
    versionOf: versionOn(fleet, hosts),
    liveText: liveTextOn(hosts, fleet),
  })
  return withNeeds(fleet, hosts, await compare(hosts, rendered))
}

/** What `zdt diff` tells. */
export type FleetDiff = {
  readonly fleet: string
  /** Every service on every host that was selected; where its files are as they are to be, none is listed. */
  readonly services: readonly ServiceChange[]
  /** Files with a secret in them that everybody on their host may read, and what becomes of that. */
  readonly open: readonly string[]
}

/** What is live against what would be. Changes nothing. */
export async function fleetDiff(fleet: Fleet, hosts: Hosts, selection: readonly string[]): Promise<FleetDiff> {
  const compared = await wanted(fleet, hosts, selection)
  const services = compared.map(({ change }) => change)
  return { fleet: fleet.name, services, open: openLines(services) }
}
