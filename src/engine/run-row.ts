import type { Event } from './events.ts'
import { endedOf } from './history.ts'
import type { Ended } from './outcome.ts'

/** A run in a list of runs. */
export type RunRow = {
  readonly run: string
  /** When it began. */
  readonly at: number
  readonly title: string
  readonly operator: string
  /** Others who have adopted it, gone on with it, or taken it back since, each once. */
  readonly others?: readonly string[]
  /** The fleet's name, where its journal tells. */
  readonly fleet?: string
  /** Unset while somebody works on it, and for ever when zdt was killed then. */
  readonly ended?: Ended
  /** The process that worked on it last, where its journal tells. */
  readonly process?: string
  /** What the probe lost, where there was one. */
  readonly lost?: number
}

/** A run's row from its journal; undefined when not even its beginning was kept. */
export function runRow(events: readonly Event[]): RunRow | undefined {
  const begun = events.find((event) => event.event === 'run')
  const ended = endedOf(events)
  if (!begun) return undefined
  const worked = events.findLast(
    (event) => event.event === 'run' || event.event === 'resumed' || event.event === 'rolling-back',
  )
  const others = othersIn(events, begun.operator)
  const lost = lostOf(events.findLast((event) => event.event === 'end')?.probe)
  return {
    run: begun.plan.id,
    at: begun.at,
    title: begun.plan.title,
    operator: begun.operator,
    ...(others.length > 0 && { others }),
    ...(begun.fleet !== undefined && { fleet: begun.fleet }),
    ...(ended && { ended }),
    ...(worked?.process !== undefined && { process: worked.process }),
    ...(lost !== undefined && { lost }),
  }
}

function othersIn(events: readonly Event[], first: string): string[] {
  const all = events.flatMap((event) =>
    event.event === 'adopted' || event.event === 'resumed' || event.event === 'rolling-back' ? [event.operator] : [],
  )
  return [...new Set(all)].filter((operator) => operator !== first)
}

/** The ledger is Json to the engine: `{ total: { lost } }`. */
function lostOf(probe: unknown): number | undefined {
  const { total } = (probe ?? {}) as { readonly total?: { readonly lost?: unknown } }
  return typeof total?.lost === 'number' ? total.lost : undefined
}
