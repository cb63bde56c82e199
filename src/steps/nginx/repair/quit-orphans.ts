import { abandoned, orphans } from '../../../daemons/nginx/phase.ts'
import { signalByHand } from '../../../daemons/nginx/signals.ts'
import type { Millis } from '../../../lib/types.ts'
import { defineChange, defineWait, notYet } from '../../define.ts'
import { nginxThing } from '../../things.ts'
import { endOrphans, look } from '../look.ts'

type Input = { readonly unit: string; readonly pids: readonly number[] }

/** Tells workers whose master was killed to end: they go on accepting, with the code and configuration of then (TRAPS, case 14). */
export const quitOrphans = defineChange<Input, { readonly pids: readonly number[] }>({
  kind: 'nginx.quit-orphans',
  describe: ({ pids }) => ({
    title: `mend: QUIT to ${pids.length} processes without a master`,
    commands: [signalByHand('QUIT', pids.join(' '))],
  }),
  describeUndo: () => [],
  observe: async ({ unit }, on) => ({ pids: abandoned((await look(on, unit)).picture).map(({ pid }) => pid) }),
  isDone: (_input, { pids }) => pids.length === 0,
  apply: ({ unit }, _found, on) => endOrphans(on, unit),
  verify: async ({ unit }, _found, on) => {
    const left = abandoned((await look(on, unit)).picture).map(({ pid }) => pid)
    return notYet(left.length > 0 && `${left.join(', ')} without a master still accept`)
  },
  // A mend stays: what was ended had no master to bring it back, nor should it.
  undo: () => Promise.resolve(),
  undone: () => Promise.resolve(notYet()),
  stays: true,
  about: ({ unit }, host) => [nginxThing(host, unit)],
})

/** Waits until they have gone: each ends with its last connection. */
export const orphansGone = defineWait<{ readonly unit: string; readonly timeout: Millis }>({
  kind: 'nginx.orphans-gone',
  describe: () => ({
    title: 'wait until the workers without a master have gone',
    commands: ['ps -o pid,ppid,args -C nginx   # those whose parent is 1 and that are no master'],
  }),
  look: async ({ unit }, on) => {
    const left = orphans((await look(on, unit)).picture)
    return notYet(...left.map(({ pid }) => `${on.host.name}  worker ${pid} ends with its last connection`))
  },
  timeout: ({ timeout }) => timeout,
  protects: ({ unit }, host) => [nginxThing(host, unit)],
})
