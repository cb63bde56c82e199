import { leavingCommands, trySetLeaving } from '../../daemons/haproxy/telling-to-go.ts'
import { connectionsAt, cutAt, whoIsAt } from '../../daemons/linux/connections.ts'
import { isOnLo, prolongTimers } from '../../daemons/linux/hand-off-scripts.ts'
import { passOnActive } from '../../daemons/linux/pass-on-table.ts'
import { whereHeld } from '../../daemons/keepalived/vip.ts'
import { NoUseWaiting, type Awaited, type On } from '../../engine/step-kind.ts'
import { HostTimeout, HostUnreachable } from '../../hosts/errors.ts'
import { sleep } from '../../lib/clock.ts'
import { quote } from '../../lib/quote.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import { defineWait } from '../define.ts'
import { handOffThing } from '../things.ts'
import { learnAgain } from './ready-to-take.ts'

type Input = {
  readonly address: string
  readonly to: HostName
  readonly timeout: Millis
  /** Of the HAProxies there that tell their clients to go meanwhile. */
  readonly telling?: readonly string[]
}

const named = 5

/** How much longer than that the hosts wait before they clean up by themselves: for the move, and for a zdt that is slow. */
export const grace: Millis = 60_000

/** As long as the hosts themselves wait: who is left to them is told to go all the same. */
const tellFor = (timeout: Millis) => ({ seconds: Math.ceil((timeout + grace) / 1000) })

/** Adverts that come late under load make a VIP go to and fro; it is lost when it stays away. */
const flapping: Millis = 5000

/**
 * Waits until the host that gave a VIP away has no connection to it left; the new holder passes their packets on. A host that
 * cannot be reached meanwhile is waited for as well; a VIP that the new holder does not keep is not.
 */
export const handedOff = defineWait<Input>({
  kind: 'vip.handed-off',
  describe: ({ address, telling = [], timeout }, host) => ({
    title: `nobody is connected to ${address} on ${host} any more`,
    commands: [
      ...telling.map((socket) => {
        const orders = leavingCommands(tellFor(timeout)).join(';')
        return `echo '${orders}' | sudo socat - UNIX-CONNECT:${socket}`
      }),
      quote(connectionsAt(address)),
    ],
  }),
  look: (input, on) => look(input, on),
  timeout: ({ timeout }) => timeout,
  interval: () => 300,
  // A packet under way may belong to one that is just being accepted.
  inARow: () => 2,
  protects: ({ address }, host) => [handOffThing(host, address, 'keep-open')],
  sustain: async ({ address, to, telling = [], timeout }, on) => {
    const prolong = async (name: HostName) =>
      (await on.other(name)).run(['sh', '-c', prolongTimers(address)], { as: 'root', signal: on.signal })
    await Promise.all([on.host.name, to].map((name) => prolong(name).catch(unreached)))
    await trySetLeaving(on.host, telling, tellFor(timeout), on.signal)
    // Adverts that come late may bring the VIP back here for a moment.
    await learnAgain({ host: on.host.name, from: to, addresses: [address] }, on).catch(unreached)
  },
  force: {
    title: 'let them go: they are reset',
    apply: async ({ address }, on) => {
      const peers = await whoIsAt(on.host, address, on.signal)
      await cutAt(on.host, address, on.signal)
      return {
        count: peers.length,
        thing: 'connection',
        who: peers.slice(0, 100).map((one) => `${one} on ${on.host.name}`),
      }
    },
  },
})

async function look(input: Input, on: On): Promise<Awaited> {
  const seen = await see(input, on).catch(unreached)
  if (typeof seen === 'string') return { done: false, awaiting: [seen] }
  if (!seen.open && seen.kept) return { done: true, awaiting: [], ...overByItself(seen.peers) }
  if (!seen.kept && !(await keptAfterAll(input, on))) throw await lost(input, on)
  const { peers, passing } = seen
  if (peers.length > 0 && !passing) {
    throw new NoUseWaiting(`${input.to} passes nothing on any more: ${peers.length} connections are cut`, {
      host: input.to,
    })
  }
  const more = peers.length - named
  const lines = [...peers.slice(0, named), ...(more > 0 ? [`and ${more} more`] : [])]
  return { done: peers.length === 0, awaiting: lines.map((line) => `${on.host.name}  ${line}`) }
}

async function see({ address, to }: Input, on: On) {
  const [old, fresh] = await Promise.all([on.other(on.host.name), on.other(to)])
  const [peers, open, here, there, passing] = await Promise.all([
    whoIsAt(old, address, on.signal),
    isOnLo(old, address, on.signal),
    whereHeld(old, address, { signal: on.signal }),
    whereHeld(fresh, address, { signal: on.signal }),
    passOnActive(fresh, address, on.signal),
  ])
  return { peers, open, passing, here, there, kept: here === null && there !== null }
}

/** The host took the address off lo: nobody is waited for any more, and who was still there is gone. */
function overByItself(peers: readonly string[]): Pick<Awaited, 'came'> {
  if (peers.length === 0) return {}
  return {
    came: `the hand-off has ended by itself, and cut ${peers.length} connection${peers.length === 1 ? '' : 's'}`,
  }
}

async function keptAfterAll(input: Input, on: On): Promise<boolean> {
  const until = Date.now() + flapping
  while (Date.now() < until) {
    await sleep(300, on.signal)
    const seen = await see(input, on).catch(unreached)
    if (typeof seen !== 'string' && seen.kept) return true
  }
  return false
}

async function lost({ address, to }: Input, on: On): Promise<NoUseWaiting> {
  const seen = await see({ address, to, timeout: 0 }, on).catch(unreached)
  const [here, there] = typeof seen === 'string' ? [null, null] : [seen.here, seen.there]
  const beside = there === null ? `${to} no longer does` : `so does ${to}: a split brain`
  const what =
    here === null ? `${to} no longer holds ${address}` : `${on.host.name} holds ${address} again, and ${beside}`
  return new NoUseWaiting(what, { host: to, suggestions: ['zdt vip', 'zdt vip heal NAME, where several hold it'] })
}

/** What is to be said of a host that is away for now. Throws whatever else it was. */
function unreached(thrown: unknown): string {
  if (thrown instanceof HostUnreachable || thrown instanceof HostTimeout) return thrown.message
  throw thrown
}
