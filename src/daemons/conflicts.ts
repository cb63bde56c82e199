import type { Listener } from './listeners.ts'

function split(address: string): { host: string; port: string } {
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon), port: address.slice(colon + 1) }
}

const wildcards = new Set(['0.0.0.0', '[::]'])

/** Two sockets of one kind exclude each other when one's address is the other's, or is "any". */
function exclude(a: Listener, b: Listener): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'unix') return a.address === b.address
  const [left, right] = [split(a.address), split(b.address)]
  return left.port === right.port && (left.host === right.host || wildcards.has(left.host) || wildcards.has(right.host))
}

/**
 * The addresses that a new start would fail to bind: in `wanted` (what it listened on in a trial start), not among
 * `handedOver` by the running one, and `taken`. Neither a check nor the trial itself, in its own network, sees them
 * (TRAPS, cases 9, 10, 12). Sockets with reuseport may be named wrongly.
 */
export function addressConflicts(
  wanted: readonly Listener[],
  { handedOver, taken }: { readonly handedOver: readonly Listener[]; readonly taken: readonly Listener[] },
): { wanted: string; taken: string }[] {
  const had = new Set(handedOver.map(({ kind, address }) => `${kind} ${address}`))
  return wanted
    .filter(({ kind, address }) => !had.has(`${kind} ${address}`))
    .flatMap((one) => {
      const other = taken.find((taken) => exclude(one, taken))
      return other === undefined ? [] : [{ wanted: one.address, taken: other.address }]
    })
}
