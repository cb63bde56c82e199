import type { Fleet } from '../../fleet/fleet.ts'
import type { SplitSpec } from '../../fleet/splits.ts'
import type { Hosts } from '../../hosts/host.ts'
import type { HostName } from '../../lib/types.ts'
import { atHaproxy } from './at-haproxy.ts'
import { atNginx } from './at-nginx.ts'
import { backendsOf } from './files.ts'
import { groupOf, type SeenSplit } from './seen.ts'

/** Looks at a split on all its balancers, side by side. Throws NoSplit where one does not go by its files, and what hosts throw. */
export async function lookAtSplit(fleet: Fleet, hosts: Hosts, split: SplitSpec): Promise<SeenSplit[]> {
  const { group } = groupOf(fleet, split)
  return await Promise.all(group.hosts.map((host) => lookAtSplitOn(fleet, hosts, split, host)))
}

/** The same, on one of them. */
export async function lookAtSplitOn(fleet: Fleet, hosts: Hosts, split: SplitSpec, name: HostName): Promise<SeenSplit> {
  const found = groupOf(fleet, split)
  const host = await hosts.on(name)
  if (found.kind === 'nginx') return await atNginx(host, found.group, split)
  return await atHaproxy(host, found.group, split, backendsOf(fleet, split))
}
