import { existsSync } from 'node:fs'
import { command } from './command.ts'
import type { LabPaths } from './paths.ts'
import { network, placeInIPv6 } from './shape.ts'

/** The bridge that all hosts of a lab hang on. */
export const bridge = 'zdt0'

/** Makes the lab's network namespace, with a bridge in it that carries this machine's address among the hosts. */
export async function makeNetwork(lab: LabPaths): Promise<void> {
  await command(['ip', 'netns', 'add', lab.netnsName])
  // A bridge without an address of its own takes the lowest of its ports', which changes as hosts come and go.
  // Snooping would drop VRRP's multicast, as nobody here asks for group memberships.
  await command(['ip', '-netns', lab.netnsName, '-batch', '-'], {
    input: [
      'link set lo up',
      `link add ${bridge} address 02:7a:64:74:00:01 type bridge forward_delay 0 mcast_snooping 0`,
      `addr add ${network.gateway}/${network.prefix} dev ${bridge}`,
      ...['fd77', 'fe80'].map((net) => `addr add ${net}${placeInIPv6(network.gateway)}/64 dev ${bridge} nodad`),
      `link set ${bridge} up`,
    ].join('\n'),
  })
}

/** Takes the namespace away, and with it the bridge and what is left of the hosts' links. */
export async function removeNetwork(lab: LabPaths): Promise<void> {
  if (existsSync(lab.netns)) await command(['ip', 'netns', 'delete', lab.netnsName])
}

/** The words that make a command run in the lab's network. Not `ip netns exec`: it remounts /sys, and nspawn fails. */
export function inNetwork(lab: LabPaths, argv: readonly string[]): string[] {
  return ['nsenter', `--net=${lab.netns}`, '--', ...argv]
}
