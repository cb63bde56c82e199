import { ordersToSetAgain, type SetByHand } from '../../daemons/haproxy/kept/set-by-hand.ts'
import { runtimeState } from '../../daemons/haproxy/kept/runtime-state.ts'
import { tell } from '../../daemons/haproxy/runtime.ts'
import type { On } from '../../engine/step-kind.ts'
import type { Json } from '../../lib/types.ts'
import { defineChange, notYet } from '../define.ts'
import { seatThing } from '../things.ts'

type Input = { readonly socket: string; readonly servers: readonly SetByHand[] }

/** Sets again what operators had set on a load balancer that was started anew. What it forgot is not put back. */
export const setAgain = defineChange<Input & Json, { readonly orders: readonly string[] }>({
  kind: 'haproxy.set-again',
  describe: ({ socket, servers }) => ({
    title: `${servers.map(({ backend, server }) => `${backend}/${server}`).join(', ')} as before in HAProxy`,
    commands: servers.map(
      ({ backend, server, wish }) => `# ${backend}/${server}: ${JSON.stringify(wish)} through ${socket}`,
    ),
  }),
  describeUndo: () => [],
  observe: async (input, on) => ({ orders: await missing(input, on) }),
  isDone: (_input, { orders }) => orders.length === 0,
  apply: (input, { orders }, on) => tell(on.host, input.socket, orders, { signal: on.signal }),
  verify: async (input, _found, on) => notYet(...(await missing(input, on))),
  undo: () => Promise.resolve(),
  undone: () => Promise.resolve(notYet()),
  about: ({ socket, servers }, host) => servers.map((one) => seatThing(host, { socket, ...one }, 'state')),
})

/** Does it at once, for an undo that knows when. */
export async function setAllAgain(input: Input, on: On): Promise<void> {
  const orders = await missing(input, on)
  if (orders.length > 0) await tell(on.host, input.socket, orders, { signal: on.signal })
}

async function missing({ socket, servers }: Input, on: On): Promise<string[]> {
  return ordersToSetAgain(servers, await runtimeState(on.host, socket, { signal: on.signal }))
}
