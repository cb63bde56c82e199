import { ssCommand, type Connection } from '../../daemons/linux/connections-to.ts'
import { bracketed } from '../../daemons/linux/ip.ts'
import { nginxConnectionsTo } from '../../daemons/nginx/upstream/connections.ts'
import { formatDuration } from '../../lib/durations.ts'
import { quote } from '../../lib/quote.ts'
import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import type { UpstreamSeat } from '../../fleet/fleet.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { lookAgain } from '../haproxy/look-again.ts'
import { fileThing } from '../things.ts'

type Input = { readonly seat: UpstreamSeat; readonly timeout: Millis }

/** How many of the connections that were cut are named. */
const named = 100

/**
 * Waits until no nginx of a host has a connection to a server: open-source nginx counts none, so the kernel is asked. The
 * workers of before the reload close those that are idle at once, and leave with the last request of the others.
 */
export const awaitUnconnected = defineWait<Input>({
  kind: 'upstream.await-unconnected',
  describe: ({ seat: { upstream, server, address, port } }) => ({
    title: `nginx has no connection to ${upstream}/${server}`,
    commands: [quote(ssCommand(address, port))],
  }),
  look: ({ seat }, on) =>
    lookAgain(on, async (on) => {
      const open = await connections(seat, on)
      return notYet(...open.map((one) => `${on.host.name}  ${lineOf(one)}`))
    }),
  timeout: ({ timeout }) => timeout,
  protects: ({ seat: { file } }, host) => [fileThing(host, file)],
  interval: () => 300,
  inARow: () => 2,
  force: {
    title: 'cut the connections that are left',
    apply: async ({ seat }, on) => {
      const open = await connections(seat, on)
      const cuts = cutCommands(seat, open).map(async (argv) => {
        const { code, stderr } = await on.host.run(argv, { as: 'root', signal: on.signal })
        if (code === 0) return
        throw new NoUseWaiting('the connections could not be cut', {
          host: on.host.name,
          said: stderr.toString().trim(),
        })
      })
      await Promise.all(cuts)
      const who = open.slice(0, named).map(({ local }) => `${local} on ${on.host.name}`)
      return { count: open.length, thing: 'connection', who }
    },
  },
})

/** nginx's own alone: others on its host, zdt's probe among them, may be connected there too. A thousand ports a command. Pure. */
export function cutCommands(
  { address, port }: Pick<UpstreamSeat, 'address' | 'port'>,
  open: readonly Pick<Connection, 'local'>[],
): string[][] {
  const ports = [...new Set(open.map(({ local }) => local.slice(local.lastIndexOf(':'))))]
  const to = ['dst', bracketed(address), 'dport', '=', `:${port}`]
  const some = Array.from({ length: Math.ceil(ports.length / 1000) }, (_, index) =>
    ports.slice(index * 1000, (index + 1) * 1000),
  )
  return some.map((own) => {
    const from = own.flatMap((one, index) => [...(index > 0 ? ['or'] : []), 'sport', '=', one])
    return ['ss', '-K', '-Htn', 'state', 'established', ...to, '(', ...from, ')']
  })
}

async function connections(seat: UpstreamSeat, on: On): Promise<Connection[]> {
  const open = await nginxConnectionsTo(on.host, seat, on.signal)
  if (open) return open
  throw new NoUseWaiting('there is no usable ss to count connections with', { host: on.host.name })
}

function lineOf({ local, pid, quietMs }: Connection): string {
  return `${local}  ${pid === undefined ? 'connection' : `connection of nginx worker ${pid}`}, quiet for ${formatDuration(quietMs)}`
}
