import type { HostName } from '../../lib/types.ts'
import { candidatesInWords, type Source } from '../candidate.ts'
import type { Draft } from '../draft.ts'
import type { World } from '../operation.ts'
import { lookAtHaproxy } from './look.ts'
import { exchanged, tested, type Phases, type Work } from './phases.ts'

export interface HaproxyWanted extends Phases {
  readonly source: Source
  /** Also where the host holds a VIP. */
  readonly inPlace: boolean
}

/**
 * What an upgrade of HAProxy on these hosts comes to: tested on every one; then, host by host, put in the old one's place,
 * executed by the master, proved, held. Throws what makes it unfit, and what fleet and hosts throw.
 */
export async function draftHaproxy(
  { fleet, hosts, id }: World,
  names: readonly HostName[],
  wanted: HaproxyWanted,
): Promise<Draft<Work>> {
  const works: Work[] = await Promise.all(
    names.map(async (name) => ({
      ...(await lookAtHaproxy(fleet, await hosts.on(name), {
        ...wanted,
        others: names.filter((other) => other !== name),
      })),
      id,
    })),
  )
  const todo = works.filter(({ isThere }) => !isThere)
  return {
    works,
    todo,
    seats: [],
    capacity: [],
    facts: [...works.flatMap(({ facts }) => facts), ...candidatesInWords('HAProxy', works, todo)],
    tested: todo.flatMap((work) => tested(work, wanted)),
    carriedOut: todo.flatMap((work) => exchanged(work, wanted)),
  }
}
