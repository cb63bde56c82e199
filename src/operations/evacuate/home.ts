import { isSetSo, setByHand } from '../../daemons/haproxy/kept/set-by-hand.ts'
import { runtimeState, type RuntimeState } from '../../daemons/haproxy/kept/runtime-state.ts'
import { servedPorts } from '../../daemons/linux/served.ts'
import { servicesOn } from '../../daemons/systemd/at-boot.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Host, Hosts } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import type { KeptByHand } from '../../steps/haproxy/set-again.ts'

/** What is to be known of the host itself. */
export interface Home {
  readonly boot: string
  readonly services: readonly { readonly id: string; readonly atBoot: boolean }[]
  readonly kept: readonly { readonly socket: string; readonly servers: readonly KeptByHand[] }[]
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
async function stateOn(host: Host, socket: string): Promise<RuntimeState | undefined> {
  try {
    return await runtimeState(host, socket)
  } catch (error) {
    if (error instanceof ZdtError && error.code === 'haproxy-no-socket') return undefined
    throw error
  }
}

/** What is set by hand on a load balancer, and on which of the others just so. */
async function keptOn(hosts: Hosts, name: HostName, { socket, others }: Balancer): Promise<KeptByHand[]> {
  const own = await stateOn(await hosts.on(name), socket)
  const set = own ? setByHand(own) : []
  if (set.length === 0) return []
  const states = await Promise.all(
    others.map(async (other) => {
      const state = await hosts
        .on(other)
        .then((host) => stateOn(host, socket))
        .catch(() => undefined)
      return [other, state] as const
    }),
  )
  return set.map((one) => ({
    ...one,
    alike: states.flatMap(([other, state]) => (state && isSetSo(one, state) ? [other] : [])),
  }))
}

/** A runtime socket, and the other hosts that have it too. */
interface Balancer {
  readonly socket: string
  readonly others: readonly HostName[]
}

/** Looks at a host that is to be taken out. Throws what asking throws. */
export async function lookAtHome(fleet: Fleet, hosts: Hosts, name: HostName): Promise<Home> {
  const host = await hosts.on(name)
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
      [...new Set(balancers.map(({ socket }) => socket))].map(async (socket) => {
        const others = balancers.flatMap((one) => (one.socket === socket ? one.hosts : []))
        const balancer = { socket, others: [...new Set(others)].filter((other) => other !== name) }
        return { socket, servers: await keptOn(hosts, name, balancer) }
      }),
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
