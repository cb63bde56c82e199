import { disableAgent, enableAgent, seatName } from '../../daemons/haproxy/commands.ts'
import { tell } from '../../daemons/haproxy/runtime.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { defineChange, notYet } from '../define.ts'
import { seatThing } from '../things.ts'
import { byHand, viewOf } from './seat.ts'

type Input = { readonly seat: Seat; readonly agent: 'held' | 'heard' }
type Found = { readonly enabled: boolean | null }

const command = (seat: Seat, enabled: boolean) => (enabled ? enableAgent(seat) : disableAgent(seat))

/** Holds an agent check off, or hears it again: an agent that says `ready` undoes a drain within one interval (TRAPS). */
export const setAgent = defineChange<Input, Found>({
  kind: 'haproxy.set-agent',
  describe: ({ seat, agent }) => ({
    title:
      agent === 'held'
        ? `hold the agent check of ${seatName(seat)} off`
        : `hear the agent check of ${seatName(seat)} again`,
    commands: [byHand(seat, command(seat, agent === 'heard'))],
  }),
  describeUndo: ({ seat, agent }) => [byHand(seat, command(seat, agent === 'held'))],
  observe: async ({ seat }, on) => ({ enabled: (await viewOf(on, seat)).agent?.enabled ?? null }),
  isDone: ({ agent }, { enabled }) => enabled === null || enabled === (agent === 'heard'),
  apply: ({ seat, agent }, _found, on) =>
    tell(on.host, seat.socket, [command(seat, agent === 'heard')], { signal: on.signal }),
  verify: async ({ seat, agent }, _found, on) => {
    const now = await viewOf(on, seat)
    return notYet(now.agent?.enabled !== (agent === 'heard') && `the agent check of ${seatName(seat)} is not ${agent}`)
  },
  undo: ({ seat, agent }, _found, on) =>
    tell(on.host, seat.socket, [command(seat, agent === 'held')], { signal: on.signal }),
  undone: async ({ seat }, { enabled }, on) => {
    const now = await viewOf(on, seat)
    return notYet((now.agent?.enabled ?? null) !== enabled && `the agent check of ${seatName(seat)} is not as before`)
  },
  about: ({ seat }, host) => [seatThing(host, seat, 'agent')],
})
