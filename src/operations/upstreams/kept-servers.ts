import { editServersFile, keepRunTime, parseServersFile, serverAt } from '../../daemons/nginx/upstream/servers-file.ts'
import { restingColour } from '../../fleet/colours.ts'
import type { Pool } from '../../fleet/fleet.ts'

/**
 * A pool's file made anew, with what the live one says at run time: who is `down`, whose weight is shifted. A server that is
 * new, of a colour that does not serve, is `down`: nobody is sent to it before a rollout.
 */
export function keptServers(pool: Pool, fresh: string, live: string): string {
  const was = parseServersFile(live)
  const lineOf = (name: string) => {
    const server = pool.servers.find((one) => one.name === name)
    return server && serverAt(was, server)
  }
  const balancer = {
    has: (name: string) => lineOf(name) !== undefined,
    sendsTo: (name: string) => lineOf(name)?.down === false,
  }
  const resting = pool.servers.filter((one) => !balancer.has(one.name) && restingColour(pool, one.name, balancer))
  return editServersFile(
    keepRunTime(fresh, live),
    resting.map(({ address, port }) => ({ address, port, down: true })),
  )
}
