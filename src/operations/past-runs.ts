import type { Weight } from '../daemons/haproxy/commands.ts'
import { effectiveWeight } from '../daemons/haproxy/weights.ts'
import type { Event } from '../engine/events.ts'
import { endedOf } from '../engine/history.ts'
import type { Step } from '../engine/plan.ts'
import type { Seat } from '../fleet/fleet.ts'
import { when } from '../lib/when.ts'
import { knownJournals, type KnownJournal } from './journals.ts'
import { setAgent } from '../steps/haproxy/set-agent.ts'
import { setServerState } from '../steps/haproxy/set-state.ts'
import { setServerWeight } from '../steps/haproxy/set-weight.ts'
import { stepKinds } from '../steps/index.ts'

/** A seat, by its names and, where it is known, the address of its load balancer’s server. */
export type Place = Pick<Seat, 'host' | 'backend' | 'server'> & { readonly address?: string }

/** What became of a past step of a run. */
export interface Past {
  readonly step: Step
  readonly run: string
  readonly operator: string
  readonly at: number
  /**
   * `already`: it found what it wanted. Of a guard `change`, too: it has come to its end. `begun`: no journal tells how it came out,
   * as of a zdt that died before it could say so.
   */
  readonly made: 'change' | 'already' | 'begun'
  /** The fleet's name, where its journal tells. */
  readonly fleet?: string
  /** Its run was taken back: nobody wants what it found. */
  readonly putBack: boolean
}

/** The runs of which there is a journal, as far as they matter to what hosts are in now. */
export class PastRuns {
  readonly #newestFirst: readonly Past[]

  private constructor(past: readonly Past[]) {
    this.#newestFirst = past.toSorted((a, b) => b.at - a.at)
  }

  /** Those of this machine. */
  static async read(): Promise<PastRuns> {
    return PastRuns.of((await knownJournals()).journals)
  }

  static of(journals: readonly Pick<KnownJournal, 'events'>[]): PastRuns {
    return new PastRuns(journals.flatMap(({ events }) => pastOf(events)))
  }

  /**
   * Who put a seat into the state that it is in now, drain or maintenance: `since 14:02, by run 5F1A, oncall@ops2`. Undefined when
   * none of these did.
   */
  takenOut(place: Place, state: string): string | undefined {
    const past = this.#of(place, setServerState.kind).find(({ made }) => made !== 'already')
    return past && wanted(past, 'state') === state ? since(past) : undefined
  }

  /** The state that a run wanted a seat in last, set so or found so, and which run that was. Undefined where none has. */
  lastState(
    place: Place,
  ): { readonly run: string; readonly at: number; readonly state: string; readonly since: string } | undefined {
    const past = this.#of(place, setServerState.kind).find(({ made, putBack }) => made !== 'already' || !putBack)
    return past && { run: past.run, at: past.at, state: String(wanted(past, 'state')), since: since(past) }
  }

  /** The newest of those that are about something. Undefined where none is. */
  lastAbout(isAbout: (past: Past) => boolean, fleet: string | undefined): Past | undefined {
    return this.#newestFirst.find(
      (past) =>
        !past.putBack && (fleet === undefined || past.fleet === undefined || past.fleet === fleet) && isAbout(past),
    )
  }

  /** Has a run changed anything that stands? */
  hasChanged(run: string): boolean {
    return this.#newestFirst.some(
      (past) => past.run === run && past.made === 'change' && stepKinds.get(past.step.kind)?.flavour === 'change',
    )
  }

  /**
   * Was the agent check of a seat off already before zdt took the server out? Then it is the operator's, and `ready` leaves
   * it off. False also where no journal tells: an agent that stays off without anybody's will is the greater harm.
   */
  agentWasOff(place: Place): boolean {
    const past = this.#of(place, setAgent.kind)
    const last = past.find(({ made }) => made === 'change')
    return last ? wanted(last, 'agent') === 'heard' : past.some((one) => wanted(one, 'agent') === 'held')
  }

  /** Who has given a seat the weight that it has: `since 14:02, by run 5F1A, oncall@ops2`. Undefined when none of these did. */
  weighed(
    place: Place,
    { weight, initialWeight }: { readonly weight: number; readonly initialWeight: number },
  ): string | undefined {
    const past = this.#of(place, setServerWeight.kind).find(({ made }) => made === 'change')
    const isIt = past && effectiveWeight(wanted(past, 'weight') as Weight, initialWeight) === weight
    return isIt ? since(past) : undefined
  }

  #of({ host, backend, server, address }: Place, kind: string): Past[] {
    return this.#newestFirst.filter(({ step }) => {
      if (step.host !== host || step.kind !== kind) return false
      const { seat } = step.input as { readonly seat?: Place }
      // Two fleets may call different machines by the same names.
      const sameMachine = address === undefined || seat?.address === undefined || seat.address === address
      return seat?.backend === backend && seat.server === server && sameMachine
    })
  }
}

/** `since 14:02, by run 5F1A, oncall@ops2`. */
export function since({ at, run, operator }: Past): string {
  return `since ${when(at)}, by run ${run}, ${operator}`
}

function wanted({ step }: Past, what: 'state' | 'agent' | 'weight'): unknown {
  return (step.input as Readonly<Record<string, unknown>>)[what]
}

const madeBy: ReadonlyMap<Event['event'], Past['made']> = new Map([
  ['verified', 'change'],
  ['already', 'already'],
  ['applying', 'begun'],
])

/** The steps of a journal that came to an end, or may have, and were not put back. */
function pastOf(events: readonly Event[]): Past[] {
  const begun = events.find((event) => event.event === 'run')
  if (!begun) return []
  // A run that is resumed may do again what was undone: only what came before the last undo is gone.
  const undone = new Map(events.flatMap((event, index) => (event.event === 'undone' ? [[event.step, index]] : [])))
  const putBack = endedOf(events) === 'put-back'
  const steps = new Map(begun.plan.stages.flatMap((stage) => stage.steps.map((step) => [step.id, step] as const)))
  return events.flatMap((event, index): Past[] => {
    const made = madeBy.get(event.event)
    if (made === undefined || !('step' in event)) return []
    const step = steps.get(event.step)
    if (!step || index < (undone.get(event.step) ?? -1)) return []
    // How it came out is told later: by these, for that it failed, or was found odd, does not tell whether it took.
    const isIt = (other: Event) => 'step' in other && other.step === step.id
    if (made === 'begun' && events.slice(index + 1).some((later) => isIt(later) && madeBy.has(later.event))) return []
    // Whoever resumed it found it done: that was done when it was begun.
    const foundSo = event.event === 'verified' && event.foundSo
    const { at } = (foundSo && events.slice(0, index).findLast((one) => isIt(one) && one.event === 'applying')) || event
    const { plan, operator, fleet } = begun
    return [{ step, run: plan.id, operator, at, made, putBack, ...(fleet !== undefined && { fleet }) }]
  })
}
