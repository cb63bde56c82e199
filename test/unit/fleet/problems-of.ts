import { FleetInvalid } from '../../../src/fleet/errors.ts'
import { parseFleet } from '../../../src/fleet/load.ts'

/** What an operator reads about a fleet file, one mistake an entry; empty when it is sound. */
export function problemsOf(yaml: string): string[] {
  try {
    parseFleet(yaml, 'zdt.yaml')
    return []
  } catch (error) {
    if (error instanceof FleetInvalid) return error.message.split('\n')
    throw error
  }
}

/** A sound fleet with more lines after its ninth. */
export function soundWith(...lines: string[]): string {
  return [sound.trimEnd(), ...lines, ''].join('\n')
}

export const sound = `hosts:
  lb1: { address: 10.0.0.11 }
  lb2: { address: 10.0.0.12 }
haproxy:
  edge: { hosts: [lb1, lb2] }
pools:
  shop:
    balancer: haproxy/edge
    servers: { app1: 10.0.0.21:8080, app2: 10.0.0.22:8080 }
`
