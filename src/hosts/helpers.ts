import { prefixFor, type Become } from './become.ts'
import { Helper } from './helper.ts'
import { helperCommand } from './helper-script.ts'
import type { As } from './host.ts'
import { relayCommand } from './relay.ts'
import type { Running, StartOptions, Transport } from './transport.ts'

/** Starts commands on one host, as the login user or as root. */
export interface Starter {
  /** Throws HostUnreachable, or the signal's reason. */
  start(as: As, argv: readonly string[], options?: StartOptions): Promise<Running>
  /** Starts a relay to the unix socket `path`, as relayCommand does. */
  relay(as: As, path: string): Promise<Running>
}

/**
 * Starts commands by a helper for each user, which is started with the first command. Where there is no perl, or no leave
 * to run it, each command is started by itself, as are those of this very machine that nobody has to become root for.
 */
export class Helpers implements Starter {
  readonly #transport: Transport
  readonly #become: Become
  readonly #kept: Record<As, Promise<Helper> | undefined> = { login: undefined, root: undefined }
  readonly #without = new Set<As>()

  constructor(transport: Transport, become: Become) {
    this.#transport = transport
    this.#become = become
    transport.onCrowded(() => void this.#dropIdle())
  }

  async start(as: As, argv: readonly string[], options: StartOptions = {}): Promise<Running> {
    return (
      (await this.#helped(as, (helper) => helper.start(argv, options.signal), options.signal)) ??
      this.#transport.start([...this.#prefix(as), ...argv], options)
    )
  }

  async relay(as: As, path: string): Promise<Running> {
    return (
      (await this.#helped(as, (helper) => helper.relay(path))) ??
      this.#transport.start([...this.#prefix(as), ...relayCommand(path)])
    )
  }

  #prefix(as: As): readonly string[] {
    return prefixFor(as, this.#become, this.#transport.isRoot)
  }

  /** What a helper started; undefined where none can be had. */
  async #helped(
    as: As,
    start: (helper: Helper) => Promise<Running | undefined>,
    signal?: AbortSignal,
  ): Promise<Running | undefined> {
    const user: As = this.#prefix(as).length > 0 ? 'root' : 'login'
    if (this.#transport.isLocal === true && user === 'login') return undefined
    // A helper may end for want of work while it is being asked; of the next one, that is not so.
    for (let tries = 0; tries < 2 && !this.#without.has(user); tries += 1) {
      signal?.throwIfAborted()
      const helper = await (this.#kept[user] ??= this.#begin(user))
      const running = await start(helper)
      if (running !== undefined) return running
      if (helper.isUnable) this.#without.add(user)
    }
    return undefined
  }

  #begin(user: As): Promise<Helper> {
    const over = (): void => {
      if (this.#kept[user] === helper) this.#kept[user] = undefined
    }
    const helper = this.#transport
      .start([...this.#prefix(user), ...helperCommand])
      .then((running) => new Helper(this.#transport.name, running, over))
    helper.catch(over)
    return helper
  }

  async #dropIdle(): Promise<void> {
    for (const user of ['login', 'root'] as const) {
      const helper = await this.#kept[user]?.catch(() => undefined)
      if (helper?.isIdle === true) helper.drop()
    }
  }
}
