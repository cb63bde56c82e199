import { handOffNames } from '../../daemons/linux/hand-off-names.ts'
import { endPassingOn, learn, startPassingOn, stopTimer } from '../../daemons/linux/hand-off-scripts.ts'
import { passOnActive, passOnRule, passOnTable, type PassOn } from '../../daemons/linux/pass-on-table.ts'
import { quoteWord } from '../../lib/quote.ts'
import type { On } from '../../engine/step-kind.ts'
import { defineChange, notYet } from '../define.ts'
import { handOffThing } from '../things.ts'
import { asRoot } from './as-root.ts'

type Input = PassOn & {
  /** The peer's name, for people. */
  readonly to: string
  readonly wanted: 'on' | 'off'
  /** What makes the VIP move (`about`): it is for that, and ends by itself. */
  readonly before?: readonly string[]
}

type Found = { readonly active: boolean }

/**
 * A host passes TCP packets for the VIP that belong to no connection of its own on to its peer, by MAC address; or ends
 * that. The host's own timer ends it as well, should nobody else.
 */
export const passOn = defineChange<Input, Found>({
  kind: 'vip.pass-on',
  describe: (input) => ({
    title:
      input.wanted === 'on'
        ? `what belongs to no connection to ${input.address} begun here goes on to ${input.to}`
        : `nothing for ${input.address} is passed on to ${input.to} any more`,
    commands: input.wanted === 'on' ? startByHand(input) : endByHand(input),
  }),
  describeUndo: (input) => (input.wanted === 'on' ? endByHand(input) : startByHand(input)),
  observe: async ({ address }, on) => ({ active: await passOnActive(on.host, address, on.signal) }),
  isDone: ({ wanted }, { active }) => active === (wanted === 'on'),
  apply: (input, _found, on) => (input.wanted === 'on' ? start(input, on) : end(input, on)),
  verify: async ({ address, wanted }, _found, on) => passesOn(on, address, wanted === 'on'),
  undo: (input, { active }, on) => (active ? start(input, on) : end(input, on)),
  undone: async ({ address }, { active }, on) => passesOn(on, address, active),
  about: ({ address }, host) => [handOffThing(host, address, 'pass-on')],
  protects: ({ before = [] }) => before,
  // The table is there before its rule, and the timer before both.
  halfway: async ({ address }, _found, on) => passOnActive(on.host, address, on.signal),
})

async function start(input: Input, on: On): Promise<void> {
  // A half that an earlier try has left would be added to.
  await on.host.run(['sh', '-c', endPassingOn(input.address)], { as: 'root', signal: on.signal })
  await asRoot(on, startPassingOn(input), 'nftables did not take the table of the hand-off')
}

async function end({ address }: Input, on: On): Promise<void> {
  const { passOnTimer } = handOffNames(address)
  await asRoot(
    on,
    ['sh', '-c', `${stopTimer(passOnTimer)}; ${endPassingOn(address)}`],
    'the table could not be deleted',
  )
}

async function passesOn(on: On, address: string, wanted: boolean) {
  const rule = ['nft', 'list', 'chain', 'netdev', handOffNames(address).table, 'unknown']
  const { code, stdout } = await on.host.run(rule, { as: 'root', signal: on.signal })
  const now = code === 0 && stdout.toString().includes('fwd to')
  return notYet(now !== wanted && `${on.host.name} ${now ? 'still passes' : 'does not pass'} packets for ${address} on`)
}

function startByHand(input: Input): string[] {
  const { passOnTimer } = handOffNames(input.address)
  return [
    `sudo systemd-run --unit=${passOnTimer} --on-active=${input.seconds} sh -c '${endPassingOn(input.address)}'`,
    `sudo nft -f - <<'EOF'\n${passOnTable(input)}EOF`,
    `sudo sh -c ${quoteWord(learn(input.address))}`,
    `sudo nft '${passOnRule(input)}'`,
  ]
}

function endByHand({ address }: Input): string[] {
  const { table, passOnTimer } = handOffNames(address)
  return [`sudo systemctl stop ${passOnTimer}.timer`, `sudo nft delete table netdev ${table}`]
}
