import { whereHeld } from '../../daemons/keepalived/vip.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Hosts } from '../../hosts/host.ts'
import type { HostName } from '../../lib/types.ts'

/** The hosts that hold a VIP now. What goes wrong goes wrong on a backup first. Throws AddressesUnknown, and what hosts throw. */
export async function holders(fleet: Fleet, hosts: Hosts, among: readonly HostName[]): Promise<Set<HostName>> {
  const asked = [...fleet.keepalived.values()].flatMap(({ address, hosts: members }) =>
    members.filter((member) => among.includes(member)).map((member) => ({ member, address })),
  )
  const held = await Promise.all(
    asked.map(async ({ member, address }) =>
      (await whereHeld(await hosts.on(member), address)) === null ? undefined : member,
    ),
  )
  return new Set(held.filter((member) => member !== undefined))
}

/** Backups before holders, otherwise in the order given. */
export function backupsFirst<T extends { readonly host: HostName }>(
  list: readonly T[],
  holding: ReadonlySet<HostName>,
): T[] {
  return list.toSorted((a, b) => Number(holding.has(a.host)) - Number(holding.has(b.host)))
}
