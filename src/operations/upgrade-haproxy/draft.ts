import type { StepDraft } from '../../engine/plan.ts'
import type { HostName } from '../../lib/types.ts'
import { candidatesInWords, type Source } from '../candidate.ts'
import type { Draft } from '../draft.ts'
import { askedOfWhatLies } from '../before-reading/what-lies.ts'
import type { World } from '../operation.ts'
import { lookAtHaproxy, type Found } from './look.ts'
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
  world: World,
  names: readonly HostName[],
  wanted: HaproxyWanted,
): Promise<Draft<Work>> {
  const { fleet, hosts, id } = world
  const works: Work[] = await Promise.all(
    names.map(async (name) => {
      const others = names.filter((other) => other !== name)
      const found = await lookAtHaproxy(fleet, await hosts.on(name), { ...wanted, others })
      return { ...found, id, asks: found.isThere ? [] : await asksOf(world, found) }
    }),
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

/** Throws TooFewLeft where the file that it reads has lost servers. */
async function asksOf(world: World, { name, spec }: Found): Promise<StepDraft[]> {
  const anyway = `zdt reload haproxy/${spec.name} --host ${name} --allow-empty   # first, and this again`
  const configuration = { host: name, daemon: 'haproxy' as const, groups: [spec] as const }
  const { asked } = await askedOfWhatLies(world, configuration, { anyway, allowEmpty: false })
  return asked.map(({ guard }) => guard)
}
