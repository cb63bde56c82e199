import { seatName, setState } from '../../daemons/haproxy/commands.ts'
import { isServing } from '../../daemons/haproxy/is-serving.ts'
import { tell } from '../../daemons/haproxy/runtime.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { defineChange, notYet } from '../define.ts'
import { seatThing } from '../things.ts'
import { enoughServers, type UndoQuestion } from './capacity.ts'
import { readyAfterCheck } from './fresh-check.ts'
import { letEnd } from './let-end.ts'
import { byHand, viewOf } from './seat.ts'

type Input = {
  readonly seat: Seat
  readonly state: ServerView['admin']
  /** What to ask before it is taken out again by an undo, where it is set ready. */
  readonly capacity?: UndoQuestion
}
type Found = { readonly admin: ServerView['admin']; readonly serving: boolean }

/** Sets what the operator wants of a seat. Maintenance counts as drained: nothing is sent there either. */
export const setServerState = defineChange<Input, Found>({
  kind: 'haproxy.set-server-state',
  describe: ({ seat, state }) => ({
    title: `${seatName(seat)} → ${state}`,
    commands: [byHand(seat, setState(seat, state))],
  }),
  describeUndo: ({ seat, state }, { admin }) =>
    // From maintenance straight to ready it would be up without a check.
    state === 'maint' && admin === 'ready'
      ? [
          byHand(seat, setState(seat, 'drain')),
          `${byHand(seat, setState(seat, admin))}   # once zdt status shows a passing check`,
        ]
      : [byHand(seat, setState(seat, admin))],
  observe: async ({ seat }, on) => {
    const view = await viewOf(on, seat)
    return { admin: view.admin, serving: isServing(view) }
  },
  isDone: ({ state }, { admin }) => admin === state || (state === 'drain' && admin === 'maint'),
  apply: ({ seat, state }, _found, on) => tell(on.host, seat.socket, [setState(seat, state)], { signal: on.signal }),
  verify: async ({ seat, state }, _found, on) => {
    const view = await viewOf(on, seat)
    return notYet(
      view.admin !== state && `${seatName(seat)} is ${view.admin}, not ${state}`,
      // A weight of 0 is the operator's own wish, and stays.
      state === 'ready' &&
        !isServing({ ...view, weight: 1 }) &&
        `${seatName(seat)} is ready but not serving (${view.status})`,
    )
  },
  undo: async ({ seat, state }, { admin }, on) => {
    // Also from drain: that is how far an undo that died may have come.
    const safely = admin === 'ready' && state === 'maint' && (await viewOf(on, seat)).admin !== 'ready'
    if (safely) return readyAfterCheck(on, seat)
    await tell(on.host, seat.socket, [setState(seat, admin)], { signal: on.signal })
    if (state === 'ready' && admin === 'drain') await letEnd(on, seat)
  },
  undone: async ({ seat }, { admin, serving }, on) => {
    const view = await viewOf(on, seat)
    return notYet(
      view.admin !== admin && `${seatName(seat)} is ${view.admin}, not ${admin}`,
      serving && !isServing(view) && `${seatName(seat)} does not serve yet (${view.status})`,
    )
  },
  about: ({ seat }, host) => [seatThing(host, seat, 'state')],
  untouched: async ({ seat }, { admin }, on) => {
    const now = await viewOf(on, seat)
    return notYet(now.admin !== admin && `${seatName(seat)} is ${now.admin}, not ${admin}`)
  },
  halfway: async ({ seat, state }, { admin }, on) => {
    const now = await viewOf(on, seat)
    // That it has fallen ill since is what it is put back for.
    if (admin !== 'ready') return state === 'ready' && now.admin === 'ready'
    // Ready is what it was: that its checks do not pass yet is nobody's doing. And the way back from maintenance is by drain.
    return now.admin === 'ready' || (state === 'maint' && now.admin === 'drain')
  },
  // Taken out by hand, it is found undone: then the rollback goes on.
  undoGuards: ({ seat: { pool, server }, capacity, state }, { admin }, host) =>
    capacity && state === 'ready' && admin !== 'ready'
      ? [
          enoughServers.at(host, {
            ...capacity,
            anyway: `zdt ${admin} ${pool}/${server} --allow-empty, and this again`,
          }),
        ]
      : [],
  patience: () => 20_000,
  // Put back, it serves again only when its checks have passed, and some balancers check every ten seconds or so.
  undoPatience: () => 60_000,
})
