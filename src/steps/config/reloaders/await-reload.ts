import { NoUseWaiting, type Awaited, type On } from '../../../engine/step-kind.ts'
import type { Json, Millis } from '../../../lib/types.ts'
import { poll } from '../../poll.ts'
import type { Reloader, Which } from './reloader.ts'

/** How long a daemon is given to read a configuration and show it. */
export const reloadPatience: Millis = 30_000

/** One look: has it taken what was ordered after `before`? Throws NoUseWaiting when it never will. */
export async function lookAtReload<Running extends Json>(
  reloader: Reloader<Running>,
  on: On,
  which: Which,
  before: Running,
): Promise<Awaited> {
  const now = await reloader.running(on, which, before)
  if (reloader.isGone(before)) {
    // It was started rather than reloaded.
    const reasons = reloader.isGone(now)
      ? [`${which.unit} to run`]
      : reloader.refusals(now).map(({ message }) => message)
    return { done: reasons.length === 0, awaiting: reasons }
  }
  const { done, awaiting, failed } = reloader.took(before, now)
  if (!failed) return { done, awaiting }
  const { message, said, suggestions } = failed
  throw new NoUseWaiting(message, { host: on.host.name, ...(said !== '' && { said }), suggestions })
}

/** Waits until it has. Throws NoUseWaiting when it never will, or its time is over. */
export async function awaitReload<Running extends Json>(
  reloader: Reloader<Running>,
  on: On,
  which: Which,
  before: Running,
): Promise<void> {
  await poll(
    on,
    () => lookAtReload(reloader, on, which, before),
    ({ done }) => done,
    {
      patience: reloadPatience,
      still: ({ awaiting }) => `${which.daemon} was not seen to take its configuration: ${awaiting.join('; ')}`,
    },
  )
}
