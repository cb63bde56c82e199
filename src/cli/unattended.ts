import type { Operator } from '../engine/operator.ts'
import { EndedBadly } from '../engine/step-kind.ts'
import type { RunFlags } from './flags.ts'

/** The operator of a run with `--yes`: the flags have decided already. */
export function unattended(
  flags: Pick<RunFlags, 'on-failure' | 'on-timeout'>,
  onTimeout: 'leave' | 'put-back',
): Operator {
  const late = { wait: 'wait', force: 'force', leave: 'leave', rollback: 'put-back' } as const
  const forced = new Set<number>()
  return {
    confirm: ({ approval }) => Promise.resolve(approval ? 'pause' : 'yes'),
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
