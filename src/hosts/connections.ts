import { createConnection, type Socket } from 'node:net'
import type { Client, ClientChannel } from 'ssh2'
import type { HostSpec } from '../fleet/fleet.ts'
import { HostUnreachable } from './errors.ts'
import { routeTo, type Hop } from './route.ts'
import { connectClient } from './ssh-client.ts'
import { readSshConfig, type SshConfig } from './ssh-config.ts'
import { closeClient, sshTransport } from './ssh.ts'
import type { Transport } from './transport.ts'

/** The ssh connections of one run. A jump host is connected to once, however many hosts lie behind it. */
export class SshConnections {
  readonly #env: NodeJS.ProcessEnv
  readonly #jumps = new Map<string, Promise<Client>>()

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env
  }

  /** Connects to a host of the fleet. Throws HostKeyRefused, LoginRefused, HostUnreachable. */
  async open({ name, address, ssh }: HostSpec): Promise<Transport> {
    // Loaded while ssh -G is read; whether it loads is asked where it is used.
    import('node-ssh').catch(() => {})
    const config = await readSshConfig(name, address, ssh, this.#env)
    const route = await routeTo(name, config, this.#env)
    return sshTransport(name, await this.#connect(name, route), config.user === 'root')
  }

  /** Closes the jump hosts' connections; the hosts' own come first. */
  async close(): Promise<void> {
    const jumps = [...this.#jumps.values()]
    this.#jumps.clear()
    await Promise.allSettled(jumps.map(async (jump) => closeClient(await jump)))
  }

  async #connect(host: string, route: readonly Hop[]): Promise<Client> {
    const [last] = route.slice(-1)
    if (last === undefined) throw new RangeError('a route leads somewhere')
    const before = route.slice(0, -1)
    const [via] = before.slice(-1)
    if (via === undefined) return connectClient(last.label, last.config, async () => dial(last.config))
    return connectClient(last.label, last.config, async () =>
      forwardOut(last.label, await this.#jump(host, before), via.name, last.config),
    )
  }

  #jump(host: string, route: readonly Hop[]): Promise<Client> {
    const key = route.map(({ config }) => `${config.user}@${config.hostname}:${config.port}`).join(',')
    const made = this.#jumps.get(key)
    if (made !== undefined) return made
    const making = this.#connect(host, route)
    this.#jumps.set(key, making)
    const forget = (): void => {
      if (this.#jumps.get(key) === making) this.#jumps.delete(key)
    }
    making.then((client) => client.once('close', forget), forget)
    return making
  }
}

// Without noDelay each answer waits for a delayed ACK: 40 ms a round trip, also on loopback.
function dial({ hostname, port }: SshConfig): Socket {
  return createConnection({ host: hostname, port, noDelay: true })
}

function forwardOut(host: string, jump: Client, via: string, { hostname, port }: SshConfig): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      const said = `${via} cannot reach ${hostname} port ${port}: ${(cause as Error).message}`
      reject(new HostUnreachable({ host, said, cause }))
    }
    try {
      jump.forwardOut('127.0.0.1', 0, hostname, port, (error, channel) => (error ? fail(error) : resolve(channel)))
    } catch (error) {
      fail(error)
    }
  })
}
