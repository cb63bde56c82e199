import type { ServerView } from '../../../../src/daemons/haproxy/server-view.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import type { Candidate } from '../../../../src/operations/rollout/candidates.ts'

const serving = {
  admin: 'ready',
  agent: null,
  adminFlags: [],
  op: 'running',
  weight: 100,
  status: 'UP',
} as unknown as ServerView

/** A server of the shop, with one seat on lb1. */
export function candidate(name: string, state: Candidate['state'], view: Partial<ServerView> = {}): Candidate {
  const place = { socket: '/s', masterSocket: '/m', pool: 'shop', backend: 'shop', server: name, port: 8080 }
  const seat = { ...place, host: 'lb1' as HostName, address: '10.0.0.21' }
  const app = { address: '10.0.0.21', port: 8080, health: { tcp: true }, version: { path: '/version' } } as const
  return {
    server: { name, address: '10.0.0.21', port: 8080 },
    host: name as HostName,
    app,
    state,
    seats: [{ seat, view: { ...serving, ...view }, all: { servers: [], backends: [] } }],
    upstreams: [],
  }
}
