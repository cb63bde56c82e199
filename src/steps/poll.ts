import { NoUseWaiting, type On } from '../engine/step-kind.ts'
import { sleep } from '../lib/clock.ts'
import type { Millis } from '../lib/types.ts'

/** Looks every 100 ms until `wanted`, for an undo made of several moves. Throws NoUseWaiting after `patience`, saying `still`. */
export async function poll<Seen>(
  on: On,
  look: () => Promise<Seen>,
  wanted: (seen: Seen) => boolean,
  { patience, still }: { readonly patience: Millis; readonly still: (seen: Seen) => string },
): Promise<Seen> {
  const deadline = Date.now() + patience
  for (;;) {
    const seen = await look()
    if (wanted(seen)) return seen
    if (Date.now() > deadline) throw new NoUseWaiting(still(seen), { host: on.host.name })
    await sleep(100, on.signal)
  }
}
