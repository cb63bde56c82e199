import { sleep } from '../lib/clock.ts'

/** The host takes no further session on this connection just now. */
export class NoSessionLeft extends Error {}

/** Waits between tries while nothing of ours is running: about 1.5 s in all. */
const patience = 9

/**
 * Tries `begin` again while it throws NoSessionLeft. sshd counts a session until it has reaped its process, a moment
 * longer than its channel is open; and MaxSessions may be set below 10. While others of ours run (`others`), a place
 * will become free: then there is no end to the patience but theirs. `crowded` is told: some of ours may be idle.
 */
export async function untilAdmitted<Begun>(
  begin: () => Promise<Begun>,
  { others, crowded }: { readonly others: () => boolean; readonly crowded: () => void },
  signal?: AbortSignal,
): Promise<Begun> {
  for (let tries = 0; ;) {
    try {
      return await begin()
    } catch (error) {
      if (!(error instanceof NoSessionLeft) || tries >= patience) throw error
      crowded()
      await sleep(Math.min(5 * 2 ** tries, 250), signal)
      if (!others()) tries += 1
    }
  }
}
