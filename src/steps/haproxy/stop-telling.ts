import { NoRuntimeSocket } from '../../daemons/haproxy/errors.ts'
import { leaving, leavingCommands, setLeaving } from '../../daemons/haproxy/telling-to-go.ts'
import type { On } from '../../engine/step-kind.ts'
import { defineChange, notYet, seen } from '../define.ts'

type Input = { readonly socket: string }

/** What it said: until when, and what the host's clock says, both in seconds. */
type Found = { readonly until: number; readonly now: number }

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
  observe: async ({ socket }, on) => {
    const { until, now } = await said(socket, on)
    return { until, now }
  },
  isDone: (_input, { until, now }) => until <= now,
  apply: ({ socket }, _found, on) => setLeaving(on.host, socket, { time: 0 }, on.signal),
  verify: async ({ socket }, _found, on) => {
    const { until, now } = await said(socket, on)
    return notYet(until > now && `${on.host.name} still tells its clients to go`)
  },
  undo: () => Promise.resolve(),
  undone: () => Promise.resolve(seen),
  about: ({ socket }, host) => [`haproxy ${host} ${socket} leaving`],
})

const nothing = { until: 0, now: 0 } as const

/** One that does not run tells nobody, nor does one that was started anew with a configuration that knows nothing of it. */
async function said(socket: string, on: On): Promise<Found> {
  const found = await leaving(on.host, socket, on.signal).catch((thrown: unknown) => {
    if (thrown instanceof NoRuntimeSocket) return nothing
    throw thrown
  })
  return found ?? nothing
}
