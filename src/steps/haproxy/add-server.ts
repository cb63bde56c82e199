import { addServer, delServer, enableHealth, seatName, setHealth, setState } from '../../daemons/haproxy/commands.ts'
import { order } from '../../daemons/haproxy/runtime.ts'
import type { On } from '../../engine/step-kind.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { defineChange, notYet } from '../define.ts'
import { enoughServers, type UndoQuestion } from './capacity.ts'
import { seatThing } from '../things.ts'
import { removeServer } from './del-server.ts'
import { byHand, lookFor } from './seat.ts'

type Input = {
  readonly seat: Seat
  /** Behind `add server b/s`. */
  readonly words: readonly string[]
  /** It stays in maintenance: nobody is to be sent there yet. */
  readonly atRest?: true
  /** What to ask before it is taken away again by an undo. */
  readonly capacity?: UndoQuestion
}
type Found = { readonly there: boolean }

/** It begins in maintenance with its checks off, and is then drained, up only after as many fresh passes as it takes. */
function orders({ seat, words, atRest }: Input): string[] {
  const checked = words.includes('check')
  return [
    addServer(seat, words),
    ...(checked ? [enableHealth(seat)] : []),
    ...(atRest ? [] : [setState(seat, 'drain'), ...(checked ? [setHealth(seat, 'down')] : [])]),
  ]
}

/** Makes a server in a running backend, drained: `await-passing-check` and `set-server-state` follow; or in maintenance. */
export const addServerAtRunTime = defineChange<Input, Found>({
  kind: 'haproxy.add-server',
  describe: (input) => ({
    title: `add server ${seatName(input.seat)}, ${input.atRest ? 'in maintenance' : 'drained'}`,
    commands: orders(input).map((command) => byHand(input.seat, command)),
  }),
  describeUndo: ({ seat }, { there }) =>
    there ? [] : [byHand(seat, setState(seat, 'maint')), byHand(seat, delServer(seat))],
  observe: async ({ seat }, on) => ({ there: (await lookFor(on, seat)) !== undefined }),
  isDone: (_input, { there }) => there,
  apply: (input, _found, on) => order(on.host, input.seat.socket, orders(input), { signal: on.signal }),
  verify: async ({ seat, atRest }, _found, on) => {
    const now = await lookFor(on, seat)
    return notYet(
      now === undefined && `${seatName(seat)} is not there`,
      !atRest && now?.admin === 'maint' && `${seatName(seat)} is in maintenance still`,
      atRest && now !== undefined && now.admin !== 'maint' && `${seatName(seat)} is ${now.admin}, not in maintenance`,
    )
  },
  undo: async ({ seat }, { there }, on) => {
    if (!there) await removeServer(on, seat)
  },
  undone: async ({ seat }, { there }, on) => isThere(on, seat, there),
  about: ({ seat }, host) => [seatThing(host, seat, 'state')],
  // Made, and not drained yet; or on its way out again.
  halfway: async ({ seat }, { there }, on) => !there && (await lookFor(on, seat))?.admin === 'maint',
  undoGuards: ({ seat: { pool, server }, capacity }, { there }, host) =>
    capacity && !there
      ? [enoughServers.at(host, { ...capacity, anyway: `zdt maint ${pool}/${server} --allow-empty, and this again` })]
      : [],
  undoPatience: () => 30_000,
})

async function isThere(on: On, seat: Seat, there: boolean): Promise<ReturnType<typeof notYet>> {
  const now = (await lookFor(on, seat)) !== undefined
  return notYet(now !== there && `${seatName(seat)} is ${there ? 'not there' : 'still there'}`)
}
