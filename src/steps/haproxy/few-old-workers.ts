import { showProc } from '../../daemons/haproxy/commands.ts'
import { cutByReload } from '../../daemons/haproxy/old-workers.ts'
import { type Process, processes } from '../../daemons/haproxy/workers.ts'
import type { HostName } from '../../lib/types.ts'
import { ZdtError } from '../../lib/errors.ts'
import { defineGuard } from '../define.ts'
import { daemonThing } from '../things.ts'

type Input = {
  readonly masterSocket: string
  /** How many may be there before one more reload. */
  readonly most: number
  /** `mworker-max-reloads` of the running configuration, where it says so. */
  readonly maxReloads?: number
  /** The unit that is exchanged next: once it is, there is one more old worker, and nothing to ask any more. */
  readonly unit?: string
}

/** One more reload would leave too many workers side by side, each with its memory and its sessions, or cut some of them. */
export class TooManyOldWorkers extends ZdtError {
  constructor(host: HostName, message: string, workers: readonly Process[]) {
    super(message, {
      code: 'haproxy-old-workers',
      exit: 'refused',
      host,
      said: workers.map(({ pid, reloads }) => `old worker ${pid}, of ${reloads} reloads ago`).join('\n'),
      suggestions: [
        'wait for their sessions to end: --wait-old-workers',
        'or let HAProxy end them in time: hard-stop-after in `global`',
      ],
    })
  }
}

/** Are there few enough workers of earlier reloads for one more? */
export const fewOldWorkers = defineGuard<Input>({
  kind: 'haproxy.few-old-workers',
  describe: ({ masterSocket, most }) => ({
    title: `at most ${most} old workers`,
    commands: [`echo '${showProc()}' | sudo socat - UNIX-CONNECT:${masterSocket}`],
  }),
  check: async ({ masterSocket, most, maxReloads }, on) => {
    const { leaving = [] } = (await processes(on.host, masterSocket, { signal: on.signal })) ?? {}
    const { name } = on.host
    if (leaving.length > most) {
      throw new TooManyOldWorkers(
        name,
        `${name}: ${leaving.length} old workers still serve, more than ${most}`,
        leaving,
      )
    }
    const cut = cutByReload(leaving, maxReloads)
    if (cut.length > 0) {
      const why = `mworker-max-reloads ${maxReloads}`
      throw new TooManyOldWorkers(
        name,
        `${name}: a reload would cut the sessions of ${cut.length} old workers (${why})`,
        cut,
      )
    }
  },
  protects: ({ unit }, host) => (unit === undefined ? [] : [daemonThing(host, unit)]),
})
