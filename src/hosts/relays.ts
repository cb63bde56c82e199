import { prefixFor, type Become } from './become.ts'
import type { As } from './host.ts'
import { keptRelayCommand } from './kept-relay-script.ts'
import { KeptRelay, type Broken, type Opened } from './kept-relay.ts'
import type { Transport } from './transport.ts'

/** How many stay when they have nothing to do: HAProxy's own socket and its master's are asked side by side. */
const spare = 2

/** The relays of one connection: taken by one conversation at a time, and kept for the next. */
export class Relays {
  readonly #transport: Transport
  readonly #become: Become
  readonly #idle: Record<As, KeptRelay[]> = { login: [], root: [] }
  readonly #without = new Set<As>()

  constructor(transport: Transport, become: Become) {
    this.#transport = transport
    this.#become = become
    transport.onCrowded(() => this.#dropIdle())
  }

  /** Opens a socket on the host. Undefined where no relay can be kept: no perl there, or no leave to become root. */
  async open(path: string, as: As, broken: Broken): Promise<Opened | undefined> {
    for (let kept = this.#idle[as].pop(); kept !== undefined; kept = this.#idle[as].pop()) {
      // One that has died meanwhile has said nothing to anybody.
      const opened = await kept.open(path, broken)
      if (opened !== undefined) return opened
    }
    if (this.#without.has(as)) return undefined
    const opened = await (await this.#start(as)).open(path, broken)
    if (opened === undefined) this.#without.add(as)
    return opened
  }

  async #start(as: As): Promise<KeptRelay> {
    const prefix = prefixFor(as, this.#become, this.#transport.isRoot)
    const running = await this.#transport.start([...prefix, ...keptRelayCommand])
    return new KeptRelay(running, (relay) => {
      if (this.#idle[as].length < spare) this.#idle[as].push(relay)
      else relay.drop()
    })
  }

  #dropIdle(): void {
    for (const as of ['login', 'root'] as const) for (const relay of this.#idle[as].splice(0)) relay.drop()
  }
}
