import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'

/** What is asked before clients are sent to pools: do enough of their servers serve? A type: it goes into plans and journals. */
export type Receiving = {
  readonly pool: string
  /** How many of its servers must serve. */
  readonly wanted: number
}

/** What sends the clients there, in words and as a command that does it all the same. */
export type Sending = {
  /** `sending clients to shop-b`. */
  readonly doing: string
  readonly anyway: string
}

/** How a server stands: why it does not serve, null when it does. */
export interface Stand {
  readonly name: string
  readonly out: string | null
}

/** A pool that clients would be sent to has too few servers that serve. */
export class TooFewServe extends ZdtError {
  constructor(host: HostName, { pool, wanted }: Receiving, stands: readonly Stand[], { doing, anyway }: Sending) {
    const serving = stands.filter(({ out }) => out === null).length
    const many = serving === 0 ? 'no server serves' : `${serving} of ${stands.length} serve`
    const each = stands.map(({ name, out }) => `${name} ${out ?? 'up'}`).join(', ')
    super(`${doing}: of ${pool} ${many}, at least ${wanted} must\n${host} sees ${each}`, {
      code: 'capacity',
      exit: 'refused',
      host,
      suggestions: ['zdt status', `or, if you mean it: ${anyway}`],
    })
  }
}

/** Throws TooFewServe. */
export function refuseIfFew(host: HostName, pool: Receiving, stands: readonly Stand[], sending: Sending): void {
  if (stands.filter(({ out }) => out === null).length < pool.wanted) throw new TooFewServe(host, pool, stands, sending)
}
