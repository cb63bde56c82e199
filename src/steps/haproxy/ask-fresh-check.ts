import { seatName, setHealth, setState } from '../../daemons/haproxy/commands.ts'
import { tell } from '../../daemons/haproxy/runtime.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { defineChange, notYet } from '../define.ts'
import { seatThing } from '../things.ts'
import { putIntoDrain } from './fresh-check.ts'
import { byHand, viewOf } from './seat.ts'

type Found = { readonly admin: ServerView['admin'] }

/** Has the load balancer look at the server anew while nothing is sent there: what it knew may be from before a restart. */
export const askFreshCheck = defineChange<{ readonly seat: Seat }, Found>({
  kind: 'haproxy.ask-fresh-check',
  describe: ({ seat }) => ({
    title: `${seatName(seat)} must pass a fresh check`,
    commands: [byHand(seat, setState(seat, 'drain')), byHand(seat, setHealth(seat, 'down'))],
  }),
  describeUndo: ({ seat }, { admin }) => (admin === 'drain' ? [] : [byHand(seat, setState(seat, admin))]),
  observe: async ({ seat }, on) => ({ admin: (await viewOf(on, seat)).admin }),
  isDone: (_input, { admin }) => admin === 'ready',
  apply: ({ seat }, _found, on) => putIntoDrain(on, seat),
  verify: async ({ seat }, _found, on) => {
    const { admin } = await viewOf(on, seat)
    return notYet(admin !== 'drain' && `${seatName(seat)} is ${admin}, not drained`)
  },
  undo: async ({ seat }, { admin }, on) => {
    if (admin !== 'drain') await tell(on.host, seat.socket, [setState(seat, admin)], { signal: on.signal })
  },
  undone: async ({ seat }, { admin }, on) => {
    const now = await viewOf(on, seat)
    return notYet(now.admin !== admin && `${seatName(seat)} is ${now.admin}, not ${admin}`)
  },
  about: ({ seat }, host) => [seatThing(host, seat, 'state')],
  // Passes may have filled again what was emptied: drained before and after, nothing tells.
  traceless: true,
})
