import { seatName, setWeight, type Weight } from '../../daemons/haproxy/commands.ts'
import { tell } from '../../daemons/haproxy/runtime.ts'
import { comesToNothing, effectiveWeight } from '../../daemons/haproxy/weights.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { ZdtError } from '../../lib/errors.ts'
import { defineChange, notYet } from '../define.ts'
import { seatThing } from '../things.ts'
import { enoughServers, type UndoQuestion } from './capacity.ts'
import { byHand, viewOf } from './seat.ts'

type Input = {
  readonly seat: Seat
  readonly weight: Weight
  /** What to ask before it is given its old weight again, should that be 0. */
  readonly capacity?: UndoQuestion
}
type Found = { readonly weight: number; readonly initialWeight: number }

/**
 * A share that comes to 0: whoever says 50% does not mean none, and where the configured weight is 1 there is no half of
 * it. Refused when the plan is made, and again when the step looks: the configuration may be another by then.
 */
export class ShareOfNothing extends ZdtError {
  constructor({ host, server }: Seat, weight: Weight, initial: number) {
    super(`${weight} of weight ${initial} is 0: HAProxy rounds down, and ${server} would get no new client`, {
      code: 'weight-comes-to-nothing',
      exit: 'refused',
      host,
      suggestions: [
        `write "weight 100" behind each server of its backend in haproxy.cfg: then there are shares to give`,
        `or, if you mean it: zdt weight ${server} 0%`,
      ],
    })
  }
}

/** Throws ShareOfNothing. */
export function refuseNothing(seat: Seat, weight: Weight, initial: number): void {
  if (comesToNothing(weight, initial)) throw new ShareOfNothing(seat, weight, initial)
}

/** The weight that was found, as a static algorithm takes it too: those know shares only. */
function before({ weight, initialWeight }: Found): Weight {
  if (weight === initialWeight) return '100%'
  return weight === 0 ? '0%' : weight
}

/** Shifts the share of new connections that a seat gets. */
export const setServerWeight = defineChange<Input, Found>({
  kind: 'haproxy.set-server-weight',
  describe: ({ seat, weight }) => ({
    title: `${seatName(seat)} → weight ${weight}`,
    commands: [byHand(seat, setWeight(seat, weight))],
  }),
  describeUndo: ({ seat }, found) => [byHand(seat, setWeight(seat, before(found)))],
  observe: async ({ seat, weight: wanted }, on) => {
    const { weight, initialWeight } = await viewOf(on, seat)
    refuseNothing(seat, wanted, initialWeight)
    return { weight, initialWeight }
  },
  isDone: ({ weight }, found) => found.weight === effectiveWeight(weight, found.initialWeight),
  apply: ({ seat, weight }, _found, on) => tell(on.host, seat.socket, [setWeight(seat, weight)], { signal: on.signal }),
  verify: async ({ seat, weight }, { initialWeight }, on) => {
    const now = await viewOf(on, seat)
    const wanted = effectiveWeight(weight, initialWeight)
    return notYet(now.weight !== wanted && `${seatName(seat)} has weight ${now.weight}, not ${wanted}`)
  },
  undo: ({ seat }, found, on) => tell(on.host, seat.socket, [setWeight(seat, before(found))], { signal: on.signal }),
  undone: async ({ seat }, { weight }, on) => {
    const now = await viewOf(on, seat)
    return notYet(now.weight !== weight && `${seatName(seat)} has weight ${now.weight}, not ${weight}`)
  },
  about: ({ seat }, host) => [seatThing(host, seat, 'weight')],
  undoGuards: ({ seat: { pool, server }, capacity }, { weight }, host) =>
    capacity && weight === 0
      ? [
          enoughServers.at(host, {
            ...capacity,
            anyway: `zdt weight ${pool}/${server} 0 --allow-empty, and this again`,
          }),
        ]
      : [],
})
