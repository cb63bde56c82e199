import { seatName, type Place } from '../../daemons/haproxy/commands.ts'
import { configuredServers } from '../../daemons/haproxy/config/configured.ts'
import type { RuntimeState } from '../../daemons/haproxy/kept/runtime-state.ts'
import { restingColour } from '../../fleet/colours.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { poolAt } from '../../fleet/selectors.ts'
import type { Compared } from './compare.ts'
import { onHosts } from './on-hosts.ts'

/** A server that is new to a load balancer, and begins in maintenance. Data: it goes into plans. */
export type AtRest = Place & { readonly colour: string }

/**
 * Servers that `next` brings and the running worker has not, of colours that rest: nobody is sent to them before a rollout.
 * Not those that are looked up by name.
 */
export function newAtRest(fleet: Fleet, group: string, state: RuntimeState, next: string): AtRest[] {
  const known = (backend: string, server: string) =>
    state.servers.find((one) => one.backend === backend && one.server === server)
  return configuredServers(next).flatMap(({ backend, server, endpoint }) => {
    const pool = poolAt(fleet, group, backend)
    if (!pool || !endpoint || known(backend, server)) return []
    const colour = restingColour(pool, server, {
      has: (name) => known(backend, name) !== undefined,
      sendsTo: (name) => known(backend, name)?.admin === 'ready',
    })
    return colour === undefined ? [] : [{ backend, server, colour }]
  })
}

/** `shop/app3 begins in maintenance: green does not serve (lb1, lb2)`. */
export function restLines(compared: readonly Compared[]): string[] {
  return onHosts(
    compared.flatMap(({ rendered: { host }, atRest = [] }) =>
      atRest.map(({ colour, ...place }) => ({
        host,
        text: `${seatName(place)} begins in maintenance: ${colour} does not serve`,
      })),
    ),
  )
}
