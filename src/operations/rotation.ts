import { stage, type StageDraft } from '../engine/plan.ts'
import type { Fleet, Seat } from '../fleet/fleet.ts'
import type { Millis } from '../lib/types.ts'
import { askFreshCheck } from '../steps/haproxy/ask-fresh-check.ts'
import { awaitDrained } from '../steps/haproxy/await-drained.ts'
import { awaitPassingCheck } from '../steps/haproxy/await-passing-check.ts'
import { setAgent } from '../steps/haproxy/set-agent.ts'
import { setServerState } from '../steps/haproxy/set-state.ts'
import { questionBeforeUndo, type Judged } from './capacity.ts'
import type { SeenSeat } from './look-at-seats.ts'
import { atOnce, type Warming } from './slow-start.ts'

/** The seats' names, each once: `shop/app2, api/app2`. */
export function namesOf(seats: readonly Seat[]): string {
  return [...new Set(seats.map(({ backend, server }) => `${backend}/${server}`))].join(', ')
}

/** The load balancers of seats, each once. */
export function balancersOf(seats: readonly Seat[]): string {
  return [...new Set(seats.map(({ host }) => host))].join(', ')
}

/** No new connections: capacity checked, agents held off, then the state. */
export function outOfRotation(seen: readonly SeenSeat[], state: 'drain' | 'maint', { guards }: Judged): StageDraft[] {
  const seats = seen.map(({ seat }) => seat)
  const agents = seen.filter(({ view }) => view.agent !== null).map(({ seat }) => seat)
  return [
    stage('enough servers stay', guards),
    agentsHeldOff(agents),
    stage(
      `set server ${namesOf(seats)} state ${state}`,
      seats.map((seat) => setServerState.at(seat.host, { seat, state })),
    ),
  ]
}

/** An agent that answers with a state or a share would undo what is set meanwhile (TRAPS). */
export function agentsHeldOff(agents: readonly Seat[]): StageDraft {
  return stage(
    `hold the agent check of ${namesOf(agents)} off`,
    agents.map((seat) => setAgent.at(seat.host, { seat, agent: 'held' })),
  )
}

/** Where that is over. */
export function agentsHeard(agents: readonly Seat[]): StageDraft {
  return stage(
    `hear the agent check of ${namesOf(agents)} again`,
    agents.map((seat) => setAgent.at(seat.host, { seat, agent: 'heard' })),
  )
}

/** Wait until nobody is connected. */
export function untilDrained(seen: readonly SeenSeat[], timeout: Millis): StageDraft {
  return stage(
    'wait until nobody is connected',
    seen.map(({ seat }) => awaitDrained.at(seat.host, { seat, timeout })),
  )
}

/**
 * The safe way back: a fresh passing check first, ready then, with little of the traffic at first where it is to be `warm` first, last the
 * agents that are to be `heard` again: one that answers with a share would set the weight. `isAsked`: an earlier stage has asked for
 * the check, since when nobody has restarted the servers.
 */
export function intoRotation(
  fleet: Fleet,
  seen: readonly SeenSeat[],
  timeout: Millis,
  heard: (one: SeenSeat) => boolean,
  { warm = atOnce, isAsked = false }: { readonly warm?: Warming; readonly isAsked?: boolean } = {},
): StageDraft[] {
  const seats = seen.map(({ seat }) => seat)
  // One that is heard meanwhile, and answers with a share, would set the weight.
  const loud = warm.before.length === 0 ? [] : seen.filter(({ view }) => view.agent?.enabled === true)
  const agents = seen.filter((one) => heard(one) || loud.includes(one)).map(({ seat }) => seat)
  return [
    agentsHeldOff(loud.map(({ seat }) => seat)),
    ...(isAsked ? [] : [freshlyAsked(seats)]),
    untilChecked(seats, timeout),
    ...warm.before,
    stage(
      `set server ${namesOf(seats)} state ready`,
      seats.map((seat) => {
        const capacity = questionBeforeUndo(fleet, seat)
        return setServerState.at(seat.host, { seat, state: 'ready', ...(capacity && { capacity }) })
      }),
    ),
    ...warm.after,
    agentsHeard(agents),
  ]
}

/** What the load balancers knew is forgotten: they look anew. */
export function freshlyAsked(seats: readonly Seat[]): StageDraft {
  return stage(
    `ask for a fresh check of ${namesOf(seats)}`,
    seats.map((seat) => askFreshCheck.at(seat.host, { seat })),
  )
}

/** Wait until every load balancer's check passes. */
export function untilChecked(seats: readonly Seat[], timeout: Millis): StageDraft {
  return stage(
    'wait for a passing check',
    seats.map((seat) => awaitPassingCheck.at(seat.host, { seat, timeout })),
  )
}
