import { whereHeld } from '../../daemons/keepalived/vip.ts'
import { vipsOf } from '../../fleet/selectors.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { World } from '../operation.ts'
import type { Stale } from './stale-daemons.ts'

/**
 * Refuses where a stale daemon is on the holder of a VIP: Keepalived is restarted on a BACKUP alone, the others where it was
 * said. Throws, exit `refused`, with what to type instead; and what hosts throw.
 */
export async function refuseHolders(
  { fleet, hosts }: World,
  stale: readonly Stale[],
  { inPlace }: { readonly inPlace: boolean },
): Promise<void> {
  const concerned = stale.filter(({ daemon }) => !inPlace || daemon === 'keepalived')
  const names = [...new Set(concerned.map(({ host }) => host))]
  const held = await Promise.all(
    names.map(async (name) => {
      const host = await hosts.on(name)
      const vips = await Promise.all(
        vipsOf(fleet, name).map(async (vip) => ((await whereHeld(host, vip.address)) === null ? [] : [vip])),
      )
      return vips.flat().map((vip) => ({ name, vip }))
    }),
  )
  const [first] = held.flat()
  if (!first) return
  const { name, vip } = first
  const others = [...new Set(stale.map(({ host }) => host))].filter((host) => host !== name)
  const hasKeepalived = concerned.some(({ host, daemon }) => host === name && daemon === 'keepalived')
  throw new ZdtError(
    hasKeepalived
      ? `${name} holds ${vip.address}: Keepalived is restarted on a BACKUP alone`
      : `${name} holds ${vip.address}: its clients are connected to it itself`,
    {
      code: 'holds-vip',
      exit: 'refused',
      host: name,
      suggestions: [
        ...(others.length > 0 ? [`zdt refresh ${others.join(' ')}   # the others first`] : []),
        `zdt failover ${vip.name}   # then`,
        `zdt refresh ${name}`,
        ...(hasKeepalived ? [] : [`or the same with --in-place`]),
      ],
    },
  )
}
