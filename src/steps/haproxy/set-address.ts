import { seatName, setAddress } from '../../daemons/haproxy/commands.ts'
import { type Endpoint, endpointWord } from '../../daemons/haproxy/config/configured.ts'
import { order } from '../../daemons/haproxy/runtime.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { defineChange, notYet } from '../define.ts'
import { seatThing } from '../things.ts'
import { byHand, viewOf } from './seat.ts'

type Input = { readonly seat: Seat; readonly to: Endpoint }
type Found = Endpoint

/** Sends a seat's new connections, its checks' too, to another address; those that are open end where they are. */
export const setServerAddress = defineChange<Input, Found>({
  kind: 'haproxy.set-server-address',
  describe: ({ seat, to }) => ({
    title: `${seatName(seat)} → ${endpointWord(to)}`,
    commands: [byHand(seat, setAddress(seat, to))],
  }),
  describeUndo: ({ seat }, found) => [byHand(seat, setAddress(seat, found))],
  observe: async ({ seat }, on) => {
    const { address, port } = await viewOf(on, seat)
    return { address, port }
  },
  isDone: ({ to }, found) => endpointWord(found) === endpointWord(to),
  apply: ({ seat, to }, _found, on) => order(on.host, seat.socket, [setAddress(seat, to)], { signal: on.signal }),
  verify: async ({ seat, to }, _found, on) => {
    const now = await viewOf(on, seat)
    return notYet(
      endpointWord(now) !== endpointWord(to) && `${seatName(seat)} is at ${endpointWord(now)}, not ${endpointWord(to)}`,
    )
  },
  undo: ({ seat }, found, on) => order(on.host, seat.socket, [setAddress(seat, found)], { signal: on.signal }),
  undone: async ({ seat }, found, on) => {
    const now = await viewOf(on, seat)
    return notYet(
      endpointWord(now) !== endpointWord(found) &&
        `${seatName(seat)} is at ${endpointWord(now)}, not ${endpointWord(found)}`,
    )
  },
  about: ({ seat }, host) => [seatThing(host, seat, 'address')],
})
