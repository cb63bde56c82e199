import type { Fleet } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { Rendered } from '../../lib/rendered.ts'
import { versionOn } from '../render.ts'
import { renderFleet } from '../rendered.ts'

/**
 * One service on one host as today's templates make it: where the secrets of an older text stand is told by where today's
 * are. Undefined where they make none: that is when an older version is wanted most.
 */
export async function renderedToday(
  fleet: Fleet,
  hosts: Hosts,
  selection: readonly [host: string, service: string],
): Promise<Rendered | undefined> {
  try {
    const [rendered] = await renderFleet(fleet, selection, { versionOf: versionOn(fleet, hosts) })
    return rendered
  } catch (error) {
    if (error instanceof ZdtError) return undefined
    throw error
  }
}
