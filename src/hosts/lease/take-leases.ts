import { randomBytes } from 'node:crypto'
import { sleep } from '../../lib/clock.ts'
import type { Millis } from '../../lib/types.ts'
import type { Hosts } from '../host.ts'
import { Held } from './errors.ts'
import type { Lease } from './lease.ts'
import { keepLeases, type Leases, type Terms, type Wanted } from './leases.ts'
import { checked } from './scope.ts'
import { takeAll } from './take-all.ts'
import type { Holder } from './take-on.ts'

export type { Wanted } from './leases.ts'
export type { Holder } from './take-on.ts'

export interface TakeOptions {
  /** How long to try again while somebody holds one; default not at all. */
  readonly wait?: Millis
  /** Told who is in the way, each time that changes. */
  readonly onHeld?: (held: Held) => void
  /**
   * Whether a lease that is held may be taken over: that of a run which is being resumed, when its process has ended or
   * the operator said so. Its holder can then change nothing more. Default: none may.
   */
  readonly mayTakeOver?: (lease: Lease) => boolean | Promise<boolean>
  readonly signal?: AbortSignal
  readonly terms?: Partial<Terms>
}

const usual: Terms = { term: 30_000, renewEvery: 10_000, busy: 10_000 }

/**
 * Takes all leases that a run needs, or none; of two that want the same, one gets it. Throws Held (exit `locked`) when
 * somebody else holds one; LeaseRefused when a host can keep none.
 */
export async function takeLeases(
  hosts: Hosts,
  wanted: readonly Wanted[],
  who: Holder,
  { wait = 0, onHeld, mayTakeOver, signal, terms: given }: TakeOptions = {},
): Promise<Leases> {
  const terms = { ...usual, ...given }
  const inOrder = wanted.toSorted((a, b) => (a.host < b.host ? -1 : 1))
  inOrder.forEach(({ scopes }) => scopes.forEach(checked))
  const token = randomBytes(8).toString('hex')
  const over = new Set<string>()
  let queuedAt: Millis | undefined
  let known = ''
  for (;;) {
    try {
      return keepLeases(hosts, await takeAll({ hosts, who, terms, token, over, signal }, inOrder), token, terms)
    } catch (error) {
      if (!(error instanceof Held)) throw error
      // Nothing is held while the answer is thought about.
      if (await allowed(error, over, mayTakeOver)) continue
      // A host may take long to answer: the time in the queue begins with its word that somebody is there.
      queuedAt ??= performance.now()
      // What is still under way ends by itself, mostly in a moment.
      const isBusy = error.leases.every(({ state }) => state === 'busy')
      const left = Math.max(wait, isBusy ? terms.busy : 0) - (performance.now() - queuedAt)
      if (left <= 0) throw error
      const now = error.leases.map(({ host, scope, token }) => `${host} ${scope} ${token}`).join()
      if (now !== known && !isBusy) onHeld?.(error)
      known = now
      // Two that wait for each other's hosts must not keep trying in step.
      await sleep(Math.min(750 + Math.random() * 500, left), signal)
    }
  }
}

/** Whether all that is in the way may be taken over; then it is among `over`. A holder is asked about once for all hosts. */
async function allowed({ leases }: Held, over: Set<string>, mayTakeOver: TakeOptions['mayTakeOver']): Promise<boolean> {
  const tokens = new Set<string>()
  for (const lease of leases) {
    const { state, token } = lease
    if (state !== 'held' || token === undefined || over.has(token)) return false
    if (!tokens.has(token) && (await mayTakeOver?.(lease)) !== true) return false
    tokens.add(token)
  }
  for (const token of tokens) over.add(token)
  return tokens.size > 0
}
