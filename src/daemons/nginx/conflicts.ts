import { addressConflicts } from '../conflicts.ts'
import type { Listener } from '../listeners.ts'

/**
 * The addresses that a new master would fail to bind: taken by another program, or by another address of the old one's own,
 * which it closes only afterwards. nginx tries such an address for 2.5 s and gives up.
 */
export function nginxConflicts(
  wanted: readonly Listener[],
  old: { readonly listeners: readonly Listener[]; readonly taken: readonly Listener[] },
): { wanted: string; taken: string }[] {
  return addressConflicts(wanted, { handedOver: old.listeners, taken: [...old.taken, ...old.listeners] })
}
