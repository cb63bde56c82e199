import { passOnActive } from '../../daemons/linux/pass-on-table.ts'
import { whoIsAt } from '../../daemons/linux/connections.ts'
import type { On } from '../../engine/step-kind.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { defineGuard } from '../define.ts'
import { answersAlike } from './answers.ts'
import type { Taking } from './ready-to-take.ts'

/** Who takes VIPs back when a move is undone, and from whom. */
export type TakesBack = Taking & {
  /** The move was made with a hand-off, and is to be taken back with it. */
  readonly handedOff?: boolean
}

/**
 * Before VIPs move back: the host that takes them answers as the other does, and a hand-off carries the connections that are
 * there by now. One that has ended by itself carries none, and who came since would be cut.
 */
export const mayGoBack = defineGuard<TakesBack>({
  kind: 'vip.may-go-back',
  describe: ({ addresses, from }, host) => ({
    title: `${host} may take ${addresses.join(', ')} back from ${from}`,
    commands: ['zdt vip'],
  }),
  check: async ({ addresses, from, handedOff = false }, on) => {
    await answersAlike.check({ addresses, from, before: [] }, on)
    if (!handedOff) return
    const cut = await Promise.all(addresses.map((address) => wouldCut(address, from, on)))
    const [first] = cut.flat()
    if (first) throw first
  },
})

async function wouldCut(address: string, from: HostName, on: On): Promise<ZdtError[]> {
  const [peers, isCarried] = await Promise.all([
    whoIsAt(await on.other(from), address, on.signal),
    passOnActive(on.host, address, on.signal),
  ])
  if (peers.length === 0 || isCarried) return []
  const many = `${peers.length} connection${peers.length === 1 ? '' : 's'}`
  return [
    new ZdtError(
      `${from} has ${many} to ${address} by now, and this run's hand-off is over: going back would cut them`,
      {
        code: 'back-would-cut',
        exit: 'refused',
        host: on.host.name,
        suggestions: [`zdt resume, which ends this run where it is; then zdt failover ${address} --to ${on.host.name}`],
      },
    ),
  ]
}
