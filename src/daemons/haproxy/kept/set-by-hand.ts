import { isDeepStrictEqual } from 'node:util'
import { seatName, type Place } from '../commands.ts'
import { carriedOrders } from './restore.ts'
import type { KeptServer, RuntimeState } from './runtime-state.ts'
import type { Wish } from './wishes.ts'

/** What an operator has set of one server, beside what its configuration says. Data: it goes into plans. */
export type SetByHand = Place & { readonly wish: Wish }

/** What operators have set on a load balancer, which forgets it when it starts anew (TRAPS: HAProxy). Pure. */
export function setByHand({ servers }: RuntimeState): SetByHand[] {
  return servers.flatMap((server) => {
    const wish = wishOf(server)
    return Object.keys(wish).length > 0 ? [{ backend: server.backend, server: server.server, wish }] : []
  })
}

function wishOf({ admin, disabled, weight, initialWeight, check, agent, tracks }: KeptServer): Wish {
  return {
    ...(tracks === undefined && admin !== (disabled ? 'maint' : 'ready') && { admin }),
    ...(weight !== initialWeight && { weight }),
    ...(check === 'off' && { check }),
    ...(agent === 'off' && { agent }),
  }
}

/** Is it set just so there? Pure. */
export function isSetSo({ backend, server, wish }: SetByHand, state: RuntimeState): boolean {
  return setByHand(state).some(
    (one) => one.backend === backend && one.server === server && isDeepStrictEqual(one.wish, wish),
  )
}

/** The orders that set it again, where it is not so; a server that is no longer there is left out. Pure. */
export function ordersToSetAgain(wanted: readonly SetByHand[], { servers }: RuntimeState): string[] {
  const seen = new Map(servers.map((server) => [seatName(server), server]))
  return wanted.flatMap((one) => {
    const now = seen.get(seatName(one))
    return now ? carriedOrders(one, now) : []
  })
}

/** `shop/app1 maint, weight 50`. */
export function inWords({ wish: { admin, weight, check, agent }, ...place }: SetByHand): string {
  const set = [admin, weight !== undefined && `weight ${weight}`, check && 'check off', agent && 'agent check off']
  return `${seatName(place)} ${set.filter(Boolean).join(', ')}`
}
