import { describeOldWorker, oldWorkers } from '../../daemons/haproxy/old-workers.ts'
import { showProc } from '../../daemons/haproxy/commands.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { lookAgain } from './look-again.ts'

type Input = { readonly masterSocket: string; readonly timeout: Millis }

/** Waits until no worker of before a reload is left: then all that runs has read the configuration that lies there. */
export const oldWorkersGone = defineWait<Input>({
  kind: 'haproxy.old-workers-gone',
  describe: ({ masterSocket }) => ({
    title: 'the old workers have gone',
    commands: [`echo '${showProc()}' | sudo socat - UNIX-CONNECT:${masterSocket}`],
  }),
  look: ({ masterSocket }, on) =>
    lookAgain(on, async (on) => {
      const left = await oldWorkers(on.host, masterSocket, { signal: on.signal })
      return notYet(...left.flatMap((worker) => describeOldWorker(worker)).map((line) => `${on.host.name}  ${line}`))
    }),
  timeout: ({ timeout }) => timeout,
  force: {
    title: 'end the old workers now, cutting their sessions',
    apply: async ({ masterSocket }, on) => {
      const left = await oldWorkers(on.host, masterSocket, { signal: on.signal })
      for (const { pid } of left) {
        await on.host.run(['kill', '-TERM', String(pid)], { as: 'root', signal: on.signal })
      }
      return {
        count: left.reduce((sum, { sessionCount }) => sum + sessionCount, 0),
        thing: 'session',
        who: left.flatMap(({ sessions }) => sessions.map(({ source }) => `${source} on ${on.host.name}`)),
      }
    },
  },
})
