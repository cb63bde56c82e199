import type { StepDraft } from '../../engine/plan.ts'
import {
  enoughAnswer,
  refuseTooFew,
  type CapacityQuestion,
  type UndoQuestion,
} from '../../steps/upstream/enough-answer.ts'
import type { Leaving } from '../capacity.ts'
import type { Capacity } from '../situation.ts'
import { healthOf, type SeenUpstream } from './look.ts'

/** What is left of each pool when its seats are gone, as the nginx that sees the fewest sees it. Throws where it is too few. */
export function judgeUpstreams(
  seen: readonly SeenUpstream[],
  { doing, anyway, allowEmpty, later }: Leaving,
): { readonly capacity: readonly Capacity[]; readonly guards: readonly StepDraft[] } {
  const capacity = new Map<string, Capacity>()
  const guards = seen.map((one) => {
    const { host, pool, standings } = one
    const question: CapacityQuestion = {
      ...questionOf(one, doing),
      wanted: allowEmpty ? 0 : pool.minAvailable,
      anyway,
    }
    if (later) return enoughAnswer.at(host, question)
    refuseTooFew(host, standings, question)
    const serving = standings.filter(({ out }) => out === null)
    const after = serving.filter(({ name }) => !question.leaving.includes(name)).length
    const known = capacity.get(pool.name)
    if (!known || after < known.after) {
      const { name, servers, minAvailable } = pool
      capacity.set(name, { pool: name, before: serving.length, after, of: servers.length, wanted: minAvailable })
    }
    return enoughAnswer.at(host, question)
  })
  return { capacity: [...capacity.values()], guards }
}

/** What to ask before servers are taken out (again): enough must stay. */
export function questionOf({ pool, seats, file }: SeenUpstream, doing: string): UndoQuestion {
  return {
    file: file.path,
    pool: pool.name,
    servers: pool.servers,
    health: healthOf(pool),
    leaving: seats.map(({ server }) => server),
    wanted: pool.minAvailable,
    doing,
  }
}
