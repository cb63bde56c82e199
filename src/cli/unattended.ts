import type { Operator } from '../engine/operator.ts'
import { EndedBadly } from '../engine/step-kind.ts'
import { sleep } from '../lib/clock.ts'
import type { RunFlags } from './flags.ts'

/** What may come from elsewhere while it waits for a person's yes. */
export interface Elsewhere {
  /** Aborted when somebody says yes to what is asked now. */
  approval(): AbortSignal
  readonly pause: AbortSignal
}

/** What a timer can do; after more it would be over at once. */
const longest = 2 ** 31 - 1

/** The operator of a run with `--yes`: the flags have decided already. */
export function unattended(
  flags: Pick<RunFlags, 'on-failure' | 'on-timeout' | 'wait-for-approval'>,
  onTimeout: 'leave' | 'put-back',
  elsewhere?: Elsewhere,
): Operator {
  const late = { wait: 'wait', force: 'force', leave: 'leave', rollback: 'put-back' } as const
  const forced = new Set<number>()
  const waits = elsewhere && flags['wait-for-approval']

  async function approved(): Promise<boolean> {
    if (!elsewhere || waits === undefined) return false
    const approval = elsewhere.approval()
    await sleep(Math.min(waits, longest), AbortSignal.any([approval, elsewhere.pause])).catch(() => undefined)
    return approval.aborted && !elsewhere.pause.aborted
  }

  return {
    ...(waits !== undefined && { waits }),
    confirm: async ({ approval }) => (!approval || (await approved()) ? 'yes' : 'pause'),
    failed: ({ clearsUp }, error) => {
      // Nobody knows what such a command has left behind.
      const otherwise = error instanceof EndedBadly ? 'pause' : 'rollback'
      return Promise.resolve(clearsUp || (flags['on-failure'] ?? otherwise) === 'pause' ? 'pause' : 'put-back')
    },
    timedOut: ({ stage, force }) => {
      const flag = flags['on-timeout']
      if (flag !== 'force') return Promise.resolve(flag ? late[flag] : onTimeout)
      // Where there is nothing to force, or forcing did not help, forcing again would go on for ever.
      if (!force || forced.has(stage.number)) return Promise.resolve('leave')
      forced.add(stage.number)
      return Promise.resolve('force')
    },
    // What somebody else did is never overwritten without a person.
    odd: () => Promise.resolve('pause'),
  }
}
