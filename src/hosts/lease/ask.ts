import type { Millis } from '../../lib/types.ts'
import type { Host } from '../host.ts'
import { Held, LeaseLost, LeaseRefused } from './errors.ts'
import { parseLeases, type Lease } from './lease.ts'
import { leaseCodes } from './lease-codes.ts'
import { leaseCommand, stateDirectory, type LeaseOrder } from './script.ts'

export interface AskOptions {
  readonly base?: string
  readonly timeout?: Millis
  readonly signal?: AbortSignal
}

/**
 * Carries out an order on a host, as root. Returns what it said. Throws Held when somebody else holds a lease that is to
 * be taken, LeaseLost when one that is to be renewed is not ours, LeaseRefused when none can be kept there.
 */
export async function askLeases(host: Host, order: LeaseOrder, options: AskOptions = {}): Promise<string> {
  const { base = stateDirectory, timeout = 15_000, signal } = options
  // What others wait for must not wait itself behind commands that take their time.
  const asking = { as: order[0] === 'read' ? 'login' : 'root', timeout, signal, urgent: true } as const
  const { code, stdout, stderr } = await host.run(leaseCommand(order, base), asking)
  const said = stdout.toString()
  if (code === 0) return said
  const leases = parseLeases(host.name, said)
  if (code === leaseCodes.held) throw new Held(leases)
  if (code === leaseCodes.notOurs) throw new LeaseLost(host.name, leases.map(inWords).join('; '))
  throw new LeaseRefused(host.name, stderr.toString().trim() || `exit ${code}`, `${base}/locks`)
}

function inWords({ scope, state, run, holder }: Lease): string {
  if (state === 'free') return `the lease ${scope} is gone`
  return `the lease ${scope} is ${state}, ${run === undefined ? 'by nobody knows whom' : `by ${holder}, run ${run}`}`
}
