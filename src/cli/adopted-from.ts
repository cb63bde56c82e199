import type { Event } from '../engine/events.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { RunId } from '../lib/types.ts'
import { mergedOn } from '../operations/find-run.ts'
import { refuseAdopted } from './the-run.ts'

/** What a look at the hosts may cost whoever has lost their locks, in ms. */
const patience = 10_000

/** Whether somebody has adopted a run from whoever lost its leases, as its hosts tell: as the error that says so. */
export async function adoptedFrom(
  id: RunId,
  events: readonly Event[],
  { fleet, hosts }: { readonly fleet: Fleet; readonly hosts: Hosts },
): Promise<ZdtError | undefined> {
  const own = events.map((event) => JSON.stringify(event))
  const late = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), patience).unref()
  })
  const known = await Promise.race([mergedOn(fleet, hosts, id, own).catch(() => undefined), late])
  try {
    refuseAdopted(id, known ?? { events, news: [] })
    return undefined
  } catch (error) {
    return error instanceof ZdtError ? error : undefined
  }
}
