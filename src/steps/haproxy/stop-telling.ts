import { NoRuntimeSocket } from '../../daemons/haproxy/errors.ts'
import { leavingCommands, leavingUntil, setLeaving } from '../../daemons/haproxy/telling-to-go.ts'
import type { On } from '../../engine/step-kind.ts'
import { defineChange, notYet, seen } from '../define.ts'

type Input = { readonly socket: string }

/** Until when it told them, in seconds of the host's clock. What is over by itself is taken back all the same: nothing of it stays. */
type Found = { readonly until: number }

/**
 * An HAProxy that told its clients to go, for as long as a VIP's hand-off might take, is one to come to again. Taking that back changes
 * nothing: it would be over by itself.
 */
export const stopTelling = defineChange<Input, Found>({
  kind: 'haproxy.stop-telling',
  describe: ({ socket }) => ({
    title: 'tell clients to go no more',
    commands: [`echo '${leavingCommands({ time: 0 }).join(';')}' | sudo socat - UNIX-CONNECT:${socket}`],
  }),
  describeUndo: () => [],
  observe: async ({ socket }, on) => ({ until: await said(socket, on) }),
  isDone: (_input, { until }) => until === 0,
  apply: ({ socket }, _found, on) => setLeaving(on.host, socket, { time: 0 }, on.signal),
  verify: async ({ socket }, _found, on) => {
    const until = await said(socket, on)
    return notYet(until !== 0 && `${on.host.name} still tells its clients to go`)
  },
  undo: () => Promise.resolve(),
  undone: () => Promise.resolve(seen),
  about: ({ socket }, host) => [`haproxy ${host} ${socket} leaving`],
})

/** One that does not run tells nobody, nor does one that was started anew with a configuration that knows nothing of it. */
async function said(socket: string, on: On): Promise<number> {
  const found = await leavingUntil(on.host, socket, on.signal).catch((thrown: unknown) => {
    if (thrown instanceof NoRuntimeSocket) return undefined
    throw thrown
  })
  return found ?? 0
}
