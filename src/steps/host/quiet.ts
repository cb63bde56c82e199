import { establishedAt, peersOf } from '../../daemons/linux/served.ts'
import { saidBy } from '../../daemons/linux/look-failed.ts'
import type { On } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait } from '../define.ts'
import { lookAgain } from '../haproxy/look-again.ts'

type Input = {
  /** What is served there. */
  readonly ports: readonly number[]
  /** Addresses of load balancers that have drained it: they check it, and keep idle connections. */
  readonly except: readonly string[]
  readonly timeout: Millis
}

const named = 5

/** Waits until nobody has a connection to what a host serves, by the kernel's own list: nothing flows there any more. */
export const hostIsQuiet = defineWait<Input>({
  kind: 'host.quiet',
  describe: ({ ports }, host) => ({
    title: `nobody is connected to ${host} at port ${ports.join(', ')}`,
    commands: [quote(establishedAt(ports))],
  }),
  look: (input, on) =>
    lookAgain(on, async (on) => {
      const peers = await peersAt(input, on)
      const more = peers.length - named
      const lines = [...peers.slice(0, named), ...(more > 0 ? [`and ${more} more`] : [])]
      return { done: peers.length === 0, awaiting: lines.map((line) => `${on.host.name}  ${line}`) }
    }),
  timeout: ({ timeout }) => timeout,
  interval: () => 300,
  // Somebody's check comes and goes in a moment.
  inARow: () => 3,
  force: {
    title: 'let them go: they are reset',
    apply: async (input, on) => {
      const peers = await peersAt(input, on)
      const [, ...filter] = establishedAt(input.ports)
      await saidBy(on.host, ['ss', '-K', ...filter], { as: 'root', signal: on.signal })
      return {
        count: peers.length,
        thing: 'connection',
        who: peers.slice(0, 100).map((one) => `${one} on ${on.host.name}`),
      }
    },
  },
})

async function peersAt({ ports, except }: Input, on: On): Promise<string[]> {
  const stdout = await saidBy(on.host, establishedAt(ports), { signal: on.signal })
  return peersOf(stdout, except).map(({ address, port, at }) => `${address}:${port} at ${at}`)
}
