import type { Event } from '../engine/events.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Hosts } from '../hosts/host.ts'
import type { RunId } from '../lib/types.ts'
import { mergedOn } from './find-run.ts'

/** The number of the stage that a run asks an approval for now, by its journals on the hosts; undefined where it asks none. */
export async function askedOf(fleet: Fleet, hosts: Hosts, run: RunId): Promise<number | undefined> {
  return askedIn((await mergedOn(fleet, hosts, run)).events)?.number
}

/** The question that a run waits with: nothing may have come after it but words. */
export function askedIn(events: readonly Event[]): Extract<Event, { event: 'asking' }> | undefined {
  const last = events.findLast(({ event }) => event !== 'word')
  return last?.event === 'asking' ? last : undefined
}
