import type { Fleet, HostSpec } from '../fleet/fleet.ts'
import { assertNever, type HostName } from '../lib/types.ts'
import { SshConnections } from './connections.ts'
import { HostUnreachable } from './errors.ts'
import type { Host, Hosts } from './host.ts'
import { hostOver, type OpenHost } from './host-over.ts'
import type { Transport } from './transport.ts'

export interface OpenHostsOptions {
  /** PATH finds `ssh`, SSH_AUTH_SOCK the agent. Default: the process's own. */
  readonly env?: NodeJS.ProcessEnv
}

/**
 * The hosts of a run. Each is connected to when it is first asked for, and once; one that could not be reached or whose
 * connection has died may be asked for again, until all are closed. The libraries are loaded then too, while `ssh -G`
 * answers: start-up time is a feature.
 */
export function openHosts(fleet: Pick<Fleet, 'hosts'>, { env = process.env }: OpenHostsOptions = {}): Hosts {
  const opened = new Map<HostName, Promise<OpenHost>>()
  const connections = new SshConnections(env)
  let closed = false

  async function transportTo(spec: HostSpec): Promise<Transport> {
    switch (spec.ssh.transport) {
      case 'local':
        return (await import('./local.ts')).localTransport(spec.name, env)
      case 'openssh':
        return (await import('./openssh.ts')).opensshTransport(spec, env)
      case 'ssh':
        return connections.open(spec)
      default:
        return assertNever(spec.ssh.transport)
    }
  }

  async function open(name: HostName): Promise<OpenHost> {
    const spec = fleet.hosts.get(name)
    if (spec === undefined) throw new RangeError(`the fleet has no host ${name}`)
    return hostOver(await transportTo(spec), spec.ssh.become)
  }

  async function on(name: HostName): Promise<Host> {
    // What still tries when the run is over would open a connection that nobody closes, and zdt would never end.
    if (closed) throw new HostUnreachable({ host: name, said: 'the run is over, its connections are closed' })
    const known = opened.get(name)
    if (known !== undefined) {
      const host = await known
      if (host.alive()) return host
      // Two may find it dead at once: the first opens it anew, the other waits for that one.
      if (opened.get(name) !== known) return on(name)
      void host.close()
    }
    const opening = open(name)
    opened.set(name, opening)
    opening.catch(() => {
      if (opened.get(name) === opening) opened.delete(name)
    })
    return opening
  }

  async function closeAll(): Promise<void> {
    closed = true
    const all = [...opened.values()]
    opened.clear()
    await Promise.allSettled(all.map(async (host) => (await host).close()))
    await connections.close()
  }

  return { on, closeAll }
}
