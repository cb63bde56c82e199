import { atMost } from '../../lib/at-most.ts'
import type { HostName, Millis } from '../../lib/types.ts'
import type { Hosts } from '../host.ts'
import { askLeases } from './ask.ts'
import { LeaseLost } from './errors.ts'
import type { Guards } from './fenced-hosts.ts'
import { guardOf } from './guard.ts'
import { moment, since, type Moment } from './our-clock.ts'
import type { Scope } from './scope.ts'
import { parseWords, type Word } from './words.ts'

/** The leases of a run: all that it asked for. They are renewed until they are released, or lost. */
export interface Leases extends Guards {
  /** Whose turn it is on that host: grows with each take there. Throws RangeError for a host without a lease. */
  fence(host: HostName): number
  /** From now on a lease lasts so long without a renewal, on that host; 0: as usual. For a host that boots anew. Never throws. */
  lasting(host: HostName, term: Millis): Promise<void>
  /** From now on words for this run go to `hear`, each once: those that have come already, and then as they come. */
  onWord(hear: (word: Word) => void): void
  /** Aborted, with a LeaseLost, as soon as one lease is not ours any more or cannot be known to be. */
  readonly lost: AbortSignal
  /** Gives them back, side by side. Never throws: what cannot be given back ends by itself. */
  release(): Promise<void>
}

/** How long a host is given to take a lease back. */
const patience: Millis = 3000

/** How long things take; tests are in a hurry. */
export interface Terms {
  /** How long a lease lasts without a renewal, in whole seconds; default 30 s. */
  readonly term: Millis
  readonly renewEvery: Millis
  /** How long to wait for a command of the last holder that is still under way; default 10 s. */
  readonly busy: Millis
  /** Where the host keeps them. */
  readonly base?: string
}

/** What is wanted on one host. */
export interface Wanted {
  readonly host: HostName
  readonly scopes: readonly Scope[]
}

/** A lease that was taken. */
export interface Taken extends Wanted {
  readonly fence: number
  /** Our clock before the order was sent: nothing later may be believed. */
  readonly asked: Moment
}

/** Keeps leases that were taken. */
export function keepLeases(hosts: Hosts, taken: readonly Taken[], token: string, terms: Terms): Leases {
  const lost = new AbortController()
  const kept = new Map(
    taken.map((lease) => [
      lease.host,
      { lease, term: terms.term, wanted: terms.term, asked: lease.asked, tried: lease.asked },
    ]),
  )
  const renewing = new Map<HostName, Promise<void>>()
  const heard = new Map<string, Word>()
  let hear: ((word: Word) => void) | undefined
  let released = false

  const lose = (error: LeaseLost): void => {
    if (released) return
    clearInterval(timer)
    lost.abort(error)
  }

  async function renew(host: HostName, { scopes, fence }: Taken): Promise<void> {
    const asked = moment()
    const held = kept.get(host)
    const wanted = held?.wanted ?? terms.term
    try {
      const numbers = [String(fence), String(Math.ceil(wanted / 1000))] as const
      const order = ['renew', token, ...numbers, [...heard.keys()].join(' '), ...scopes] as const
      const said = await askLeases(await hosts.on(host), order, { base: terms.base, timeout: terms.renewEvery })
      if (held) Object.assign(held, { asked, term: wanted })
      take(parseWords(said))
    } catch (error) {
      // Anything else may be better a moment later; if it is not, the term ends.
      if (error instanceof LeaseLost) lose(error)
    } finally {
      renewing.delete(host)
    }
  }

  function take(words: readonly Word[]): void {
    for (const word of words.filter(({ id }) => !heard.has(id))) {
      heard.set(word.id, word)
      hear?.(word)
    }
  }

  function look(): void {
    const now = moment()
    for (const [host, held] of kept) {
      if (since(held.asked, now) >= held.term) {
        lose(new LeaseLost(host, 'it could not be renewed in time'))
        return
      }
      const due =
        (since(held.asked, now) >= terms.renewEvery || held.term < held.wanted) &&
        since(held.tried, now) >= terms.renewEvery / 10
      if (!due || renewing.has(host)) continue
      held.tried = now
      renewing.set(host, renew(host, held.lease))
    }
  }
  const timer = setInterval(look, terms.renewEvery / 10)
  timer.unref()

  const ofHost = (host: HostName): Taken => {
    const held = kept.get(host)
    if (held === undefined) throw new RangeError(`no lease was taken on ${host}`)
    return held.lease
  }

  return {
    lasting: async (host, term) => {
      const held = kept.get(host)
      if (!held) return
      held.wanted = Math.max(term, terms.term)
      // Before whoever asked goes on: the host may be gone a moment later.
      if (held.term < held.wanted) await renew(host, held.lease)
    },
    fence: (host) => ofHost(host).fence,
    onWord: (listener) => {
      hear = listener
      for (const word of heard.values()) listener(word)
    },
    lost: lost.signal,
    guard: (host, carrier) => {
      look()
      lost.signal.throwIfAborted()
      const { scopes, fence } = ofHost(host)
      return guardOf(host, { token, fence, scopes }, carrier, terms.base)
    },
    async release() {
      released = true
      clearInterval(timer)
      await atMost(patience, Promise.allSettled(renewing.values()))
      await giveBack(hosts, taken, token, terms.base)
    },
  }
}

/** Releases what is ours. Never throws, and waits for no host for long. */
export async function giveBack(hosts: Hosts, wanted: readonly Wanted[], token: string, base?: string): Promise<void> {
  const releases = wanted.map(async ({ host, scopes }) =>
    askLeases(await hosts.on(host), ['release', token, ...scopes], { base, timeout: patience }),
  )
  await atMost(patience, Promise.allSettled(releases))
}
