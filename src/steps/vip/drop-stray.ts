import { whereHeld } from '../../daemons/keepalived/vip.ts'
import { defineChange, notYet } from '../define.ts'
import { asRoot } from './as-root.ts'

type Input = { readonly address: string; readonly prefix: number; readonly device: string }

/** Takes a VIP from a host whose Keepalived no longer looks after it, as one that was killed leaves it (TRAPS: Keepalived). */
export const dropStray = defineChange<Input, { readonly heldBy: string | null }>({
  kind: 'vip.drop-stray',
  describe: ({ address, prefix, device }) => ({
    title: `${address} is taken from ${device}, where no Keepalived looks after it`,
    commands: [`ip address del ${address}/${prefix} dev ${device}`],
  }),
  describeUndo: ({ address, prefix }, { heldBy }) =>
    heldBy === null ? [] : [`ip address add ${address}/${prefix} dev ${heldBy}`],
  observe: async ({ address }, on) => ({ heldBy: await whereHeld(on.host, address, { signal: on.signal }) }),
  isDone: (_input, { heldBy }) => heldBy === null,
  apply: ({ address, prefix, device }, _found, on) =>
    asRoot(on, ['ip', 'address', 'del', `${address}/${prefix}`, 'dev', device], 'the address could not be taken away'),
  verify: async ({ address }, _found, on) => {
    const heldBy = await whereHeld(on.host, address, { signal: on.signal })
    return notYet(heldBy !== null && `${on.host.name} still holds ${address}`)
  },
  // Put back, it would be a split brain again: what is healed stays so.
  undo: () => Promise.resolve(),
  undone: () => Promise.resolve(notYet()),
  about: ({ address }, host) => [`vip ${host} ${address} held`],
})
