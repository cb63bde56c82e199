import type { Event } from '../engine/events.ts'
import { mergedCopies } from '../engine/import-journal.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import type { RunId } from '../lib/types.ts'
import { hostsWithJournals, journalsOn } from './find-run.ts'

/** The number of the stage that a run asks an approval for now, by its journals on the hosts; undefined where it asks none. */
export async function askedOf(fleet: Fleet, hosts: Hosts, run: RunId): Promise<number | undefined> {
  const { journals } = await journalsOn(hosts, hostsWithJournals(fleet), { run })
  const { events } = mergedCopies(
    [],
    journals.map(({ lines }) => lines),
  )
  return askedIn(events)
}

/** Nothing may have come after the question but words. */
export function askedIn(events: readonly Event[]): number | undefined {
  const last = events.findLast(({ event }) => event !== 'word')
  return last?.event === 'asking' ? last.number : undefined
}
