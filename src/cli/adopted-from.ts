import type { Event } from '../engine/events.ts'
import type { Hosts } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, RunId } from '../lib/types.ts'
import { knownJournals } from '../operations/journals.ts'
import { refuseAdopted } from './the-run.ts'

/** What a look at the hosts may cost whoever has lost their locks, in ms. */
const patience = 10_000

/** Whether somebody has adopted a run from whoever lost its leases, as its hosts tell: as the error that says so. */
export async function adoptedFrom(
  id: RunId,
  events: readonly Event[],
  { hosts, claimed }: { readonly hosts: Hosts; readonly claimed: readonly HostName[] },
): Promise<ZdtError | undefined> {
  const begun = events.find((event) => event.event === 'run')
  const within = Date.now() - (begun?.at ?? Date.now()) + patience
  const late = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), patience).unref()
  })
  const known = await Promise.race([
    knownJournals({ hosts, names: claimed, within }, within).catch(() => undefined),
    late,
  ])
  const journal = known?.journals.find(({ run }) => run === id)
  try {
    refuseAdopted(id, { events, news: journal?.news ?? [] })
    return undefined
  } catch (error) {
    return error instanceof ZdtError ? error : undefined
  }
}
