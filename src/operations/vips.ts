import type { Fleet, KeepalivedSpec } from '../fleet/fleet.ts'
import { vipNamed } from '../fleet/selectors.ts'
import type { Hosts } from '../hosts/host.ts'
import { lookAtVip } from '../steps/vip/look-at-vip.ts'
import type { VipQuestion, VipReport } from '../steps/vip/vip-report.ts'

/** How many hosts beside a VIP's own nodes are asked what they hear on the segment. */
const witnesses = 1

/** What to ask about a VIP, and whom. */
export function questionOf(fleet: Fleet, { name, address, prefix, unit, hosts }: KeepalivedSpec): VipQuestion {
  const others = [...fleet.hosts.values()].map((host) => host.name).filter((host) => !hosts.includes(host))
  return { name, address, prefix, unit, hosts, witnesses: others.slice(0, witnesses) }
}

/** Looks at one VIP, or at all of the fleet. Throws UnknownName. */
export async function lookAtVips(fleet: Fleet, hosts: Hosts, name?: string): Promise<{ vips: VipReport[] }> {
  const specs = name === undefined ? [...fleet.keepalived.values()] : [vipNamed(fleet, name)]
  return { vips: await Promise.all(specs.map((spec) => lookAtVip(hosts, questionOf(fleet, spec)))) }
}
