import { announce as tell } from '../../daemons/linux/segment.ts'
import { defineChange, notYet } from '../define.ts'

type Input = { readonly address: string; readonly device: string; readonly mac: string }

/** The holder tells the segment anew that the VIP is its own: what neighbours know may be from a split brain. */
export const announceVip = defineChange<Input, null>({
  kind: 'vip.announce',
  describe: ({ address, device }, host) => ({
    title: `${host} announces ${address} to the segment`,
    commands: [`arping -U -c 5 -I ${device} ${address}`],
  }),
  describeUndo: () => [],
  observe: () => Promise.resolve(null),
  isDone: () => false,
  apply: ({ address, ...place }, _found, on) => tell(on.host, place, address),
  verify: () => Promise.resolve(notYet()),
  // An announcement of what is true leaves nothing to take back.
  undo: () => Promise.resolve(),
  undone: () => Promise.resolve(notYet()),
  about: ({ address }, host) => [`vip ${host} ${address} announced`],
  traceless: true,
})
