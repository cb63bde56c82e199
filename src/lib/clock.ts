import { setTimeout as delay } from 'node:timers/promises'
import type { Millis } from './types.ts'

/** Waits. Rejects with the signal's reason when it is aborted. */
export async function sleep(ms: Millis, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw error
  })
}
