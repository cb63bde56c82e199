import {
  addServer,
  disableAgent,
  disableHealth,
  enableHealth,
  type Place,
  seatName,
  setAddress,
  setHealth,
  setState,
  setWeight,
} from '../commands.ts'
import type { AddedAgain, Carried, Keeping } from './keeping.ts'
import type { KeptServer, RuntimeState } from './runtime-state.ts'

/** The orders that bring one server to what is wished of it. Pure. */
export function carriedOrders({ wish, ...place }: Place & Pick<Carried, 'wish'>, now: KeptServer): string[] {
  const orders: (string | false | undefined)[] = [
    // Out first: whatever else is set, nobody is sent there meanwhile.
    wish.admin && wish.admin !== 'ready' && wish.admin !== now.admin && setState(place, wish.admin),
    wish.agent && now.agent === 'on' && disableAgent(place),
    wish.check && now.check === 'on' && disableHealth(place),
    wish.endpoint &&
      (wish.endpoint.address !== now.address || wish.endpoint.port !== now.port) &&
      setAddress(place, wish.endpoint),
    wish.weight !== undefined && wish.weight !== now.weight && setWeight(place, wish.weight),
    wish.admin === 'ready' && now.admin !== 'ready' && setState(place, 'ready'),
  ]
  return orders.filter((order) => typeof order === 'string')
}

/**
 * A server that was added begins in maintenance. One that was down stays so until its checks pass: on the way through drain,
 * where it is out of maintenance and nobody is sent there, that is said to HAProxy.
 */
function addedOrders({ from, words, ...place }: AddedAgain, now: KeptServer | undefined): string[] {
  if (now && now.admin === from.admin) return []
  const checked = from.check === 'on'
  const wasDown = checked && from.op !== 'running'
  const orders: (string | false)[] = [
    !now && addServer(place, words),
    from.weight !== (now?.weight ?? from.initialWeight) && setWeight(place, from.weight),
    checked && now?.check !== 'on' && enableHealth(place),
    ...(from.admin === 'ready' && wasDown ? [setState(place, 'drain'), setHealth(place, 'down')] : []),
    from.admin !== (now?.admin ?? 'maint') && setState(place, from.admin),
  ]
  return orders.filter((order) => typeof order === 'string')
}

/** Compares what is with what is to be: the orders that bring it there, none where all is there. Pure. */
export function restorePlan({ carried, added }: Pick<Keeping, 'carried' | 'added'>, now: RuntimeState): string[] {
  const seen = new Map(now.servers.map((server) => [seatName(server), server]))
  const of = (place: Place) => seen.get(seatName(place))
  return [
    ...carried.flatMap((server) => {
      const found = of(server)
      return found ? carriedOrders(server, found) : []
    }),
    ...added.flatMap((server) => addedOrders(server, of(server))),
  ]
}
