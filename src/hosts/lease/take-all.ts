import { sleep } from '../../lib/clock.ts'
import type { Millis } from '../../lib/types.ts'
import { Held } from './errors.ts'
import { ageOf } from './lease.ts'
import { giveBack, type Taken, type Wanted } from './leases.ts'
import { takeOn, type Attempt } from './take-on.ts'

/**
 * A lease younger than this may be that of somebody who is about to learn that he cannot have all of his: on a busy machine
 * he takes seconds to hear of it and to give it back.
 */
const youth: Millis = 5000

/**
 * Takes `wanted`, in one fixed order, all or none. All hosts are asked side by side; what counts is the order: what was
 * taken behind the first refusal is given back at once, what was taken before it is kept for another try there while
 * its holder is that young. So nobody waits for a host that comes before one he holds, and of two that want the
 * same, whoever has the first host gets the rest.
 */
export async function takeAll(attempt: Attempt, wanted: readonly Wanted[]): Promise<Taken[]> {
  const { hosts, token, terms, signal } = attempt
  const taken: Taken[] = []
  // What cannot be reached must not be found out while others' leases run down.
  await Promise.all(wanted.map(async ({ host }) => hosts.on(host)))
  const began = performance.now()
  try {
    for (;;) {
      const asked = wanted.slice(taken.length)
      const ends = await Promise.allSettled(asked.map(async (one) => takeOn(attempt, one)))
      const first = ends.findIndex(({ status }) => status === 'rejected')
      taken.push(...ends.slice(0, first === -1 ? ends.length : first).flatMap(valueOf))
      const refused = ends[first]
      if (refused?.status !== 'rejected') return taken
      const behind = ends.slice(first).flatMap(valueOf)
      await giveBack(hosts, behind, token, terms.base)
      const error: unknown = refused.reason
      if (!(error instanceof Held) || taken.length === 0 || performance.now() - began > youth) throw error
      if (!error.leases.every((lease) => ageOf(lease) < youth)) throw error
      await sleep(50 + Math.random() * 100, signal)
    }
  } catch (error) {
    // All of them: where no answer came, it is not known whether the lease was taken.
    await giveBack(hosts, wanted, token, terms.base)
    throw error
  }
}

function valueOf(end: PromiseSettledResult<Taken>): Taken[] {
  return end.status === 'fulfilled' ? [end.value] : []
}
