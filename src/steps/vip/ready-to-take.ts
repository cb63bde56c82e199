import { endLeaving } from '../../daemons/haproxy/telling-to-go.ts'
import { learnAnew, listOwn, ownIn } from '../../daemons/linux/hand-off-scripts.ts'
import { NoUseWaiting, type On } from '../../engine/step-kind.ts'
import type { HostName } from '../../lib/types.ts'

/** Who takes VIPs, and from whom. */
export type Taking = {
  readonly host: HostName
  readonly from: HostName
  readonly addresses: readonly string[]
  /** The runtime sockets of its HAProxies that may tell their clients to go, for it had given the VIPs away. */
  readonly telling?: readonly string[]
}

/** Right before a host takes VIPs: it is one to come to, and in a hand-off it knows its own connections alone. */
export async function readyToTake(taking: Taking, on: On): Promise<void> {
  const taker = await on.other(taking.host)
  await Promise.all([endLeaving(taker, taking.telling ?? [], on.signal), learnAgain(taking, on)])
}

/**
 * A client's port that was a host's own, and has come again at the other, would be kept from there once the VIP comes back.
 * Nothing is done where no hand-off is under way.
 */
export async function learnAgain({ host, from, addresses }: Taking, on: On): Promise<void> {
  const [taker, holder] = await Promise.all([on.other(host), on.other(from)])
  const as = { as: 'root', signal: on.signal } as const
  await Promise.all(
    addresses.map(async (address) => {
      const { stdout } = await holder.run(listOwn(address), as)
      const input = ownIn(stdout.toString('utf8'))
      const { code, stderr } = await taker.run(['sh', '-c', learnAnew(address)], { ...as, input })
      if (code === 0) return
      throw new NoUseWaiting(`${host} could not learn which connections to ${address} are its own`, {
        host,
        said: stderr.toString().trim() || `exit ${code}`,
      })
    }),
  )
}
