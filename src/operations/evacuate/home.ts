import { setByHand, type SetByHand } from '../../daemons/haproxy/kept/set-by-hand.ts'
import { runtimeState } from '../../daemons/haproxy/kept/runtime-state.ts'
import { servedPorts } from '../../daemons/linux/served.ts'
import { servicesOn } from '../../daemons/systemd/at-boot.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Host } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'

/** What is to be known of the host itself. */
export interface Home {
  readonly boot: string
  readonly services: readonly { readonly id: string; readonly atBoot: boolean }[]
  readonly kept: readonly { readonly socket: string; readonly servers: readonly SetByHand[] }[]
  readonly ports: readonly number[]
}

/** As systemd calls it. */
export function unitName(unit: string): string {
  return unit.replace(/(\.service)?$/, '.service')
}

async function bootOf(host: Host): Promise<string> {
  return (await host.read('/proc/sys/kernel/random/boot_id')).toString('utf8').trim()
}

/** A HAProxy that is down has nothing to forget. */
async function setOn(host: Host, socket: string): Promise<SetByHand[]> {
  try {
    return setByHand(await runtimeState(host, socket))
  } catch (error) {
    if (error instanceof ZdtError && error.code === 'haproxy-no-socket') return []
    throw error
  }
}

/** Looks at a host that is to be taken out. Throws what asking throws. */
export async function lookAtHome(fleet: Fleet, host: Host): Promise<Home> {
  const on = <Group extends { readonly hosts: readonly HostName[] }>(groups: ReadonlyMap<string, Group>) =>
    [...groups.values()].filter(({ hosts }) => hosts.includes(host.name))
  const [balancers, nginx, keepalived] = [on(fleet.haproxy), on(fleet.nginx), on(fleet.keepalived)]
  const daemons = new Set([...balancers, ...nginx, ...keepalived].map(({ unit }) => unitName(unit)))
  const served = [...(balancers.length > 0 ? ['haproxy'] : []), ...(nginx.length > 0 ? ['nginx'] : [])]
  const [boot, services, ports, states] = await Promise.all([
    bootOf(host),
    servicesOn(host),
    servedPorts(host, served),
    Promise.all(
      [...new Set(balancers.map(({ socket }) => socket))].map(async (socket) => ({
        socket,
        servers: await setOn(host, socket),
      })),
    ),
  ])
  return {
    boot,
    // What runs but does not start at boot, such as somebody's session, need not be there afterwards.
    services: services.filter(({ id, atBoot }) => atBoot || daemons.has(id)),
    kept: states.filter(({ servers }) => servers.length > 0),
    ports,
  }
}
