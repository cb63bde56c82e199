import { hasEndedHere } from '../hosts/lease/own-process.ts'
import type { Lease } from '../hosts/lease/lease.ts'
import type { Leases } from '../hosts/lease/leases.ts'
import { takeLeases, type Wanted } from '../hosts/lease/take-leases.ts'
import type { Hosts } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import type { Millis, RunId } from '../lib/types.ts'
import { operatorName } from './operator-name.ts'

/** Whose run it is that wants locks. */
export interface Wish {
  readonly id: RunId
  readonly title: string
  readonly claims: readonly Wanted[]
  /** How long to queue while somebody else is there. */
  readonly wait: Millis
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/**
 * Takes every lock of a run, or none, and says who is in the way while it waits. The leases of this very run are taken
 * over where the process that held them has ended on this machine: it was killed, and is being gone on with.
 */
export function takeLocks(hosts: Hosts, { id, title, claims, wait, say, signal }: Wish): Promise<Leases> {
  return takeLeases(
    hosts,
    claims,
    { run: id, holder: operatorName(), title },
    {
      wait,
      signal,
      onHeld: (held) => say(`waiting for a lock: ${held.message}`),
      mayTakeOver: (lease) => isDead(lease),
    },
  ).catch((error: unknown) => {
    if (!signal.aborted) throw error
    throw new ZdtError(`${title} was stopped`, { code: 'interrupted', exit: 'interrupted', cause: error })
  })
}

/** A run that was killed on this machine, whichever it was, holds nothing any more. */
async function isDead({ process: named }: Lease): Promise<boolean> {
  return named !== undefined && (await hasEndedHere(named))
}
