import { addServer, delServer, enableHealth, seatName, setState, setWeight } from '../../daemons/haproxy/commands.ts'
import { order, tell } from '../../daemons/haproxy/runtime.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { defineChange, notYet } from '../define.ts'
import { seatThing } from '../things.ts'
import { removeServer } from './del-server.ts'
import { readyAfterCheck } from './fresh-check.ts'
import { byHand, lookFor } from './seat.ts'

type Input = {
  readonly seat: Seat
  /** Behind `add server b/s`, which make it again: its configuration's, for HAProxy does not tell them. */
  readonly words: readonly string[]
}
type Found = {
  readonly there: boolean
  readonly admin: ServerView['admin']
  /** null: the one of its words. */
  readonly weight: number | null
}

/** Brings it into being, in maintenance, with its checks and its weight. */
function again({ seat, words }: Input, { weight }: Found): string[] {
  return [
    addServer(seat, words),
    ...(words.includes('check') ? [enableHealth(seat)] : []),
    ...(weight === null ? [] : [setWeight(seat, weight)]),
  ]
}

/** Takes a server out of a running backend for good; whoever wants nobody cut off drains it first. */
export const removeServerAtRunTime = defineChange<Input, Found>({
  kind: 'haproxy.remove-server',
  describe: ({ seat }) => ({
    title: `remove server ${seatName(seat)}`,
    commands: [setState(seat, 'maint'), delServer(seat)].map((command) => byHand(seat, command)),
  }),
  describeUndo: (input, found) =>
    found.there
      ? [...again(input, found), setState(input.seat, found.admin)].map((command) => byHand(input.seat, command))
      : [],
  observe: async ({ seat }, on) => {
    const view = await lookFor(on, seat)
    if (view === undefined) return { there: false, admin: 'ready', weight: null }
    return { there: true, admin: view.admin, weight: view.weight === view.initialWeight ? null : view.weight }
  },
  isDone: (_input, { there }) => !there,
  apply: ({ seat }, _found, on) => removeServer(on, seat),
  verify: async ({ seat }, _found, on) =>
    notYet((await lookFor(on, seat)) !== undefined && `${seatName(seat)} is still there`),
  undo: async (input, found, on) => {
    const { seat } = input
    const { signal } = on
    const now = await lookFor(on, seat)
    if (now === undefined) await order(on.host, seat.socket, again(input, found), { signal })
    if (found.admin === 'ready') await readyAfterCheck(on, seat)
    else await tell(on.host, seat.socket, [setState(seat, found.admin)], { signal })
  },
  undone: async ({ seat }, { admin }, on) => {
    const now = await lookFor(on, seat)
    return notYet(
      now === undefined && `${seatName(seat)} is not there`,
      now !== undefined && now.admin !== admin && `${seatName(seat)} is ${now.admin}, not ${admin}`,
    )
  },
  about: ({ seat }, host) => [seatThing(host, seat, 'state')],
  // In maintenance on its way out, or made again and not yet as it was.
  halfway: async ({ seat }, _found, on) => ['maint', 'drain'].includes((await lookFor(on, seat))?.admin ?? ''),
  patience: () => 20_000,
  undoPatience: () => 60_000,
})
