import type { HostName } from '../../lib/types.ts'
import type { Guard, Host, Hosts } from '../host.ts'
import { InputCutOff } from './errors.ts'
import type { Carrier } from './guard.ts'

/** What gives a guard for a command on a host; the leases of a run are one. */
export interface Guards {
  /** Throws LeaseLost when it is known already that the lease is no longer ours. */
  guard(host: HostName, carrier?: Carrier): Guard
}

/** The hosts of a run, on which every command, write and socket goes through the guard; what only looks does not. */
export function fencedHosts(hosts: Hosts, guards: Guards, carrier?: Carrier): Hosts {
  // One for each connection: what is shared between those who use a host goes by that.
  const fenced = new WeakMap<Host, Host>()
  return {
    on: async (name) => {
      const host = await hosts.on(name)
      const own = fenced.get(host) ?? fencedHost(host, () => guards.guard(name, carrier))
      fenced.set(host, own)
      return own
    },
    closeAll: () => hosts.closeAll(),
  }
}

/**
 * A host on which every command, write and socket that may change something goes through a guard, made anew for each. What
 * was not let through because its input had not come is given once more: the guard asks again whose the lease is.
 */
export function fencedHost(host: Host, guard: () => Guard): Host {
  return {
    name: host.name,
    run: (argv, options) => twice(() => host.run(argv, { ...options, guard: guard() })),
    read: (path, options) => host.read(path, options),
    write: (path, content, options) => twice(() => host.write(path, content, { ...options, guard: guard() })),
    connect: (path, options) =>
      options?.looks ? host.connect(path, options) : twice(() => host.connect(path, { ...options, guard: guard() })),
    close: () => host.close(),
  }
}

async function twice<T>(give: () => Promise<T>): Promise<T> {
  try {
    return await give()
  } catch (error) {
    if (!(error instanceof InputCutOff)) throw error
    return await give()
  }
}
