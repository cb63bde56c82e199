import { isSetSo, ordersToSetAgain, type SetByHand } from '../../daemons/haproxy/kept/set-by-hand.ts'
import { runtimeState } from '../../daemons/haproxy/kept/runtime-state.ts'
import { tell } from '../../daemons/haproxy/runtime.ts'
import type { On } from '../../engine/step-kind.ts'
import type { HostName, Json } from '../../lib/types.ts'
import { defineChange, notYet } from '../define.ts'
import { seatThing } from '../things.ts'

/** What was set of a server, and on which other load balancers it was set just so. */
export type KeptByHand = SetByHand & { readonly alike?: readonly HostName[] }

type Input = { readonly socket: string; readonly servers: readonly KeptByHand[] }

/**
 * Sets again what operators had set on a load balancer that was started anew, but for what they have taken back on the others
 * meanwhile. What it forgot is not put back.
 */
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
  noWish: true,
  undone: () => Promise.resolve(notYet()),
  about: ({ socket, servers }, host) => servers.map((one) => seatThing(host, { socket, ...one }, 'state')),
})

/** Does it at once, for an undo that knows when. */
export async function setAllAgain(input: Input, on: On): Promise<void> {
  const orders = await missing(input, on)
  if (orders.length > 0) await tell(on.host, input.socket, orders, { signal: on.signal })
}

async function missing({ socket, servers }: Input, on: On): Promise<string[]> {
  const [own, wanted] = await Promise.all([
    runtimeState(on.host, socket, { signal: on.signal }),
    stillWanted({ socket, servers }, on),
  ])
  return ordersToSetAgain(wanted, own)
}

/** Without what none of those says any more on which it was set as well; who cannot be asked has no word. */
async function stillWanted({ socket, servers }: Input, on: On): Promise<readonly KeptByHand[]> {
  const names = [...new Set(servers.flatMap(({ alike = [] }) => alike))]
  const asked = await Promise.all(
    names.map(async (name) => {
      const state = await runtimeState(await on.other(name), socket, { signal: on.signal }).catch(() => undefined)
      return [name, state] as const
    }),
  )
  return servers.filter((one) => {
    const said = asked.flatMap(([name, state]) => (state && one.alike?.includes(name) ? [state] : []))
    return said.length === 0 || said.some((state) => isSetSo(one, state))
  })
}
