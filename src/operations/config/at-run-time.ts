import { endpointOf } from '../../daemons/haproxy/config/configured.ts'
import type { ServerChange } from '../../daemons/haproxy/needs/change.ts'
import { stage, type StageDraft, type StepDraft } from '../../engine/plan.ts'
import type { Fleet, Pool, Seat } from '../../fleet/fleet.ts'
import { poolAt } from '../../fleet/selectors.ts'
import { assertNever, type HostName, type Millis } from '../../lib/types.ts'
import { addServerAtRunTime } from '../../steps/haproxy/add-server.ts'
import { askFreshCheck } from '../../steps/haproxy/ask-fresh-check.ts'
import { awaitDrained } from '../../steps/haproxy/await-drained.ts'
import { awaitPassingCheck } from '../../steps/haproxy/await-passing-check.ts'
import { enoughServers } from '../../steps/haproxy/capacity.ts'
import { removeServerAtRunTime } from '../../steps/haproxy/remove-server.ts'
import { setServerAddress } from '../../steps/haproxy/set-address.ts'
import { setServerState } from '../../steps/haproxy/set-state.ts'
import { setServerWeight } from '../../steps/haproxy/set-weight.ts'
import { questionBeforeUndo } from '../capacity.ts'

/** A change of a server that the runtime CLI of one load balancer is to make. */
export interface ChangeOn {
  readonly host: HostName
  readonly group: string
  readonly change: ServerChange
}

/** How they are made. */
export interface AtRunTime {
  /** How long each wait for a check, or for connections to end, may take. */
  readonly timeout: Millis
  readonly allowEmpty: boolean
}

/**
 * The stages that make changes at run time, each on all load balancers side by side: so that nobody is sent where nobody
 * answers, a server that comes is ready after passing checks, and one that goes is drained first. Those that come are first:
 * right before each that goes, its pool must have enough without it.
 */
export function atRunTime(fleet: Fleet, changes: readonly ChangeOn[], options: AtRunTime): StageDraft[] {
  const alike = new Map<string, ChangeOn[]>()
  for (const one of changes) {
    const key = JSON.stringify([one.group, one.change])
    alike.set(key, [...(alike.get(key) ?? []), one])
  }
  const inOrder = [...alike.values()].toSorted(([a], [b]) => Number(goes(a?.change)) - Number(goes(b?.change)))
  return inOrder.flatMap((same) => {
    const [first] = same
    if (!first) return []
    const seats = same.map(({ host, group, change }) => seatOf(fleet, host, group, change))
    const pool = goes(first.change) ? poolAt(fleet, first.group, first.change.backend) : undefined
    return [...(pool ? [guarded(pool, seats, options)] : []), ...stagesFor(fleet, first.change, seats, options)]
  })
}

/** Out of rotation, for good or while it moves. */
function goes(change: ServerChange | undefined): boolean {
  const isIdle = change?.change === 'weight' && change.to === 0
  return change?.change === 'disable' || change?.change === 'remove' || isIdle || moves(change)
}

function moves(change: ServerChange | undefined): boolean {
  return change?.change === 'address' && change.admin === 'ready'
}

function guarded(pool: Pool, seats: readonly Seat[], { allowEmpty }: AtRunTime): StageDraft {
  const enough = ({ host, socket, server }: Seat) =>
    enoughServers.at(host, {
      socket,
      pool: pool.name,
      backend: pool.backend,
      // One that is taken out of the file is no longer in zdt.yaml.
      servers: [...new Set([...pool.servers.map(({ name }) => name), server])],
      leaving: [server],
      wanted: allowEmpty ? 0 : pool.minAvailable,
      doing: `taking ${server} out`,
      anyway: 'the same with --allow-empty',
    })
  return stage(`${pool.name} keeps enough servers`, seats.map(enough))
}

function stagesFor(fleet: Fleet, change: ServerChange, seats: readonly Seat[], { timeout }: AtRunTime): StageDraft[] {
  const name = `${change.backend}/${change.server}`
  const beforeUndo = (seat: Seat) => {
    const capacity = questionBeforeUndo(fleet, seat)
    return capacity && { capacity }
  }
  const each = (title: string, step: (seat: Seat) => StepDraft) => stage(title, seats.map(step))
  const state = (wanted: 'ready' | 'drain' | 'maint') =>
    each(`set server ${name} state ${wanted}`, (seat) =>
      setServerState.at(seat.host, { seat, state: wanted, ...(wanted === 'ready' && beforeUndo(seat)) }),
    )
  const checked = each('wait for a passing check', (seat) => awaitPassingCheck.at(seat.host, { seat, timeout }))
  const back = [
    each(`ask for a fresh check of ${name}`, (seat) => askFreshCheck.at(seat.host, { seat })),
    checked,
    state('ready'),
  ]
  switch (change.change) {
    case 'weight':
      return [
        each(`set server ${name} weight ${change.to}`, (seat) =>
          setServerWeight.at(seat.host, { seat, weight: change.to, ...beforeUndo(seat) }),
        ),
      ]
    case 'address': {
      const to = each(`send ${name} to its new address`, (seat) =>
        setServerAddress.at(seat.host, { seat, to: change.to }),
      )
      return moves(change) ? [state('drain'), to, ...back] : [to]
    }
    case 'disable':
      return [state('maint')]
    case 'enable':
      return back
    case 'add': {
      const { words, atRest } = change
      const added = each(`add server ${name}${atRest ? ', in maintenance' : ''}`, (seat) =>
        addServerAtRunTime.at(seat.host, { seat, words, ...(atRest && { atRest }), ...beforeUndo(seat) }),
      )
      return atRest ? [added] : [added, ...(words.includes('check') ? [checked] : []), state('ready')]
    }
    case 'remove':
      return [
        state('drain'),
        each('wait until nobody is connected', (seat) => awaitDrained.at(seat.host, { seat, timeout })),
        each(`remove server ${name}`, (seat) => removeServerAtRunTime.at(seat.host, { seat, words: change.words })),
      ]
    default:
      return assertNever(change)
  }
}

/** A backend of no pool has none but its own name. A server that comes, goes or moves says itself where it is. */
function seatOf(fleet: Fleet, host: HostName, group: string, change: ServerChange): Seat {
  const balancer = fleet.haproxy.get(group)
  if (!balancer) throw new TypeError(`there is no haproxy/${group}`)
  const { socket, masterSocket } = balancer
  const { backend, server } = change
  const pool = poolAt(fleet, group, backend)
  const said = 'words' in change ? endpointOf(change.words[0] ?? '') : 'admin' in change ? change.to : undefined
  const { address = '', port = 0 } = said ?? pool?.servers.find(({ name }) => name === server) ?? {}
  return { host, socket, masterSocket, pool: pool?.name ?? backend, backend, server, address, port }
}
