import { endLeaving, trySetLeaving } from '../../daemons/haproxy/telling-to-go.ts'
import { handOffNames } from '../../daemons/linux/hand-off-names.ts'
import {
  endKeepingOpen,
  isOnLo,
  keepOpenCommands,
  prolongTimers,
  startKeepingOpen,
  stopTimer,
  type KeepOpen,
} from '../../daemons/linux/hand-off-scripts.ts'
import { connectionsAt, whoIsAt } from '../../daemons/linux/connections.ts'
import { whereHeld } from '../../daemons/keepalived/vip.ts'
import type { On, Tell } from '../../engine/step-kind.ts'
import { sleep } from '../../lib/clock.ts'
import { quote, quoteWord } from '../../lib/quote.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import { defineChange, notYet } from '../define.ts'
import { handOffThing } from '../things.ts'
import { asRoot } from './as-root.ts'

type Input = KeepOpen & {
  readonly wanted: 'on' | 'off'
  /** Who holds the VIP when the move is put back. */
  readonly home: HostName
  /** Of the HAProxies here that can tell their clients to go. */
  readonly telling?: readonly string[]
  /** What makes the VIP move (`about`): it is for that, and ends by itself. */
  readonly before?: readonly string[]
}

type Found = { readonly open: boolean }

/** Whoever could not be told, as a socket that was busy for a moment, is told once more. */
const tellAgain: Millis = 5000

/** A home that is dead does not take it back. */
const longestReturn: Millis = 30_000

/**
 * Keeps a VIP valid on a host that does not hold it, on `lo` and without answering for it on the segment: the sockets of
 * its connections live on; or ends that. Undone only when the last of them has ended, or after the hand-off's own time.
 */
export const keepOpen = defineChange<Input, Found>({
  kind: 'vip.keep-open',
  describe: (input, host) => ({
    title:
      input.wanted === 'on'
        ? `connections to ${input.address} stay open here without it`
        : `${input.address} is taken off lo`,
    commands: input.wanted === 'on' ? startByHand(input) : endByHand(input, host === input.home),
  }),
  describeUndo: (input, _found, host) =>
    input.wanted === 'on' ? endByHand(input, host !== input.home) : startByHand(input),
  observe: async ({ address }, on) => ({ open: await isOpen(on, address) }),
  isDone: ({ wanted }, { open }) => open === (wanted === 'on'),
  apply: (input, _found, on) => (input.wanted === 'on' ? start(input, on) : end(input, on)),
  verify: async ({ address, wanted }, _found, on) => openSo(on, address, wanted === 'on'),
  undo: async (input, { open }, on, tell) => {
    if (open) return start(input, on)
    await untilNobody(input, on, tell)
    await end(input, on)
  },
  undone: async ({ address }, { open }, on) => openSo(on, address, open),
  about: ({ address }, host) => [handOffThing(host, address, 'keep-open')],
  protects: ({ before = [] }) => before,
  // Settings first, then the address: a half of it has no address yet.
  halfway: async ({ address }, { open }, on) => open || !(await isOpen(on, address)),
})

async function start(input: Input, on: On): Promise<void> {
  await asRoot(on, startKeepingOpen(input), 'the VIP could not be put on lo')
}

async function end(input: Input, on: On): Promise<void> {
  const { keepOpenTimer } = handOffNames(input.address)
  const script = `${stopTimer(keepOpenTimer)}; ${endKeepingOpen(input)}`
  await asRoot(on, ['sh', '-c', script], 'the VIP could not be taken off lo')
}

/**
 * Where a move is put back, the VIP goes home first, and the host that had it meanwhile has connections of its own by now:
 * they end before what keeps them open does, which has its whole time again.
 */
async function untilNobody({ address, seconds, home, telling = [] }: Input, on: On, tell?: Tell): Promise<void> {
  const began = Date.now()
  const longest = seconds * 1000
  let told = 0
  const both = [on.host, await on.other(home)]
  await Promise.all(both.map((one) => one.run(['sh', '-c', prolongTimers(address)], { as: 'root', signal: on.signal })))
  while (Date.now() - began < longest) {
    const [atHome, here, peers] = await Promise.all([
      whereHeld(await on.other(home), address, { signal: on.signal }),
      whereHeld(on.host, address, { signal: on.signal }),
      whoIsAt(on.host, address, on.signal),
    ])
    const isHome = on.host.name === home
    const isBack = (atHome !== null && (isHome || here === null)) || Date.now() - began > longestReturn
    if (isBack && (isHome || peers.length === 0)) break
    if (isBack && Date.now() - told > tellAgain) {
      told = Date.now()
      await trySetLeaving(on.host, telling, { seconds }, on.signal)
    }
    await tell?.(isBack ? peers.map((peer) => `${on.host.name}  ${peer}`) : [`${home}  takes ${address} back`], longest)
    await sleep(300, on.signal)
  }
  // At home the hand-off may have begun to tell them.
  await endLeaving(on.host, telling, on.signal)
}

function isOpen({ host, signal }: On, address: string): Promise<boolean> {
  return isOnLo(host, address, signal)
}

async function openSo(on: On, address: string, wanted: boolean) {
  const now = await isOpen(on, address)
  return notYet(now !== wanted && `${address} is ${now ? 'still' : 'not'} on lo of ${on.host.name}`)
}

function startByHand(input: Input): string[] {
  const { keepOpenTimer } = handOffNames(input.address)
  const later = `sudo systemd-run --unit=${keepOpenTimer} --on-active=${input.seconds} sh -c '${endKeepingOpen(input)}'`
  return [...keepOpenCommands(input).map((command) => `sudo ${command}`), later]
}

/** Who is connected to the host that does not hold the VIP by then is cut by it; on the other the address is on its interface too. */
function endByHand(input: Input, awaits: boolean): string[] {
  const list = `${quote(connectionsAt(input.address))}   # until it lists nobody: who is connected is cut by what follows`
  return [
    ...(awaits ? [list] : []),
    `sudo systemctl stop ${handOffNames(input.address).keepOpenTimer}.timer`,
    `sudo sh -c ${quoteWord(endKeepingOpen(input))}`,
  ]
}
