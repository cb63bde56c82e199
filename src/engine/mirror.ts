import type { Host, Hosts } from '../hosts/host.ts'
import { LeaseLost } from '../hosts/lease/errors.ts'
import type { Carrier } from '../hosts/lease/guard.ts'
import { atMost } from '../lib/at-most.ts'
import { sleep } from '../lib/clock.ts'
import { ZdtError } from '../lib/errors.ts'
import type { HostName, Millis, RunId } from '../lib/types.ts'
import { appendCommand, mirrorCodes } from './mirror-script.ts'
import { Pages } from './pages.ts'
import { fileOf } from './read-mirror.ts'

/** Lines that a host did not get, and why. */
export interface Unkept {
  readonly host: HostName
  readonly lines: number
  readonly said: string
}

/** The journal of a run on the hosts it touches. No host can block or fail the run: what it did not get is told at the end. */
export interface Mirror extends Carrier {
  /** Queues a line, without its end, for every host. */
  append(line: string): void
  /**
   * Sends all that is left, and `said` to the hosts' syslog, and waits for it, 5 s at the most. Returns what some host
   * did not get. After this nothing is sent any more.
   */
  settled(said?: string): Promise<Unkept[]>
}

export interface MirrorOptions {
  /** For each host's syslog when the run begins there: `run 7K3M9X begins: drain app2, by oncall@ops2`. */
  readonly begins?: string
  /** The lines of a run that is resumed, as its journal has them: hosts that lack some get them. */
  readonly history?: readonly string[]
  readonly base?: string
  /**
   * How long lines are collected before a flush of their own; most travel with a change before that. Default: 500 ms, and more
   * for more than four hosts, up to 5 s: so a run of up to forty sends no more than eight flushes a second.
   */
  readonly every?: Millis
  readonly patience?: Millis
}

/** What travels in one flush, and with one change, which should not wait for more. */
const most = { flush: 256 * 1024, carried: 64 * 1024 }

/** Opens the mirror of a run on `names`; `hosts` should be fenced: whoever lost the lease must not write on. */
export function openMirror(
  hosts: Hosts,
  names: readonly HostName[],
  run: RunId,
  {
    begins,
    history = [],
    base,
    every = 500 * Math.min(10, Math.max(1, names.length / 4)),
    patience = 5000,
  }: MirrorOptions = {},
): Mirror {
  const file = fileOf(run)
  const pages = new Pages(history)
  const copies = new Map(names.map((name) => [name, new Copy(name)]))
  const closed = new AbortController()

  async function send(copy: Copy, syslog: readonly string[]): Promise<void> {
    const { offset, text, through } = pages.from(copy.known, most.flush)
    const host: Host = await hosts.on(copy.name)
    const input = Buffer.from(text)
    const command = appendCommand({ file, offset, bytes: input.byteLength }, syslog, base)
    const { code, stderr } = await host.run(command, { as: 'root', input, timeout: 10_000 })
    if (code === mirrorCodes.gap) {
      copy.known = 0
      throw new ZdtError('the journal there was cut short', { code: 'mirror-gap', exit: 'left', host: host.name })
    }
    if (code !== 0)
      throw new ZdtError(stderr.toString().trim().split('\n')[0] || `exit ${code}`, {
        code: 'mirror',
        exit: 'left',
        host: host.name,
      })
    copy.keptThrough(through)
    copy.begun = true
  }

  /** Sends until nothing is left or something is in the way. One command at a time for each host. */
  function flush(copy: Copy, last?: string): Promise<void> {
    clearTimeout(copy.timer)
    copy.timer = undefined
    copy.flushing = copy.flushing.then(async () => {
      try {
        await sendAll(copy, last)
        copy.failures = 0
      } catch (error) {
        copy.said = error instanceof Error ? error.message : String(error)
        copy.lost = error instanceof LeaseLost
        copy.failures += 1
        later(copy)
      }
    })
    return copy.flushing
  }

  async function sendAll(copy: Copy, last: string | undefined): Promise<void> {
    let say = last
    while (!copy.lost && (copy.known < pages.length || say !== undefined)) {
      const ends = copy.known + pages.within(copy.known, most.flush) === pages.length
      const begin = begins !== undefined && !copy.begun ? [begins] : []
      await send(copy, [...begin, ...(ends && say !== undefined ? [say] : [])])
      if (ends) say = undefined
    }
  }

  function later(copy: Copy): void {
    if (closed.signal.aborted || copy.lost || copy.timer !== undefined) return
    const wait = copy.failures === 0 ? every : Math.min(500 * 2 ** copy.failures, 10_000)
    copy.timer = setTimeout(() => void flush(copy), wait)
    copy.timer.unref()
  }

  /** A connection that has died is opened anew for the second try. */
  async function settle(copy: Copy, said: string | undefined): Promise<void> {
    for (let tries = 0; tries < 3 && !copy.lost && !closed.signal.aborted; tries++) {
      await flush(copy, said)
      if (copy.failures === 0) return
      await sleep(250)
    }
  }

  return {
    append(line) {
      pages.add(line)
      for (const copy of copies.values()) later(copy)
    },
    async load(name) {
      const copy = copies.get(name)
      if (copy === undefined) return undefined
      if (pages.bytesFrom(copy.known) > most.carried && copy.failures === 0) await atMost(patience, flush(copy))
      if (copy.known === pages.length || pages.bytesFrom(copy.known) > most.carried) return undefined
      return { file, ...pages.from(copy.known, most.carried) }
    },
    kept(name, lines) {
      copies.get(name)?.keptThrough(pages.lineAt(lines.offset + Buffer.byteLength(lines.text)))
    },
    async settled(said) {
      const all = [...copies.values()]
      await atMost(patience, Promise.all(all.map((copy) => settle(copy, said))))
      closed.abort()
      for (const copy of all) clearTimeout(copy.timer)
      return all.flatMap(({ name, known, failures, said }) => {
        const why = failures === 0 ? 'no answer in time' : said
        return known === pages.length ? [] : [{ host: name, lines: pages.length - known, said: why }]
      })
    },
  }
}

/** What is known of one host's copy. */
class Copy {
  readonly name: HostName
  /** How many lines are on its disk. */
  known = 0
  begun = false
  lost = false
  /** Flushes that failed since one did not, and why the last one did. */
  failures = 0
  said = ''
  timer: NodeJS.Timeout | undefined
  flushing: Promise<void> = Promise.resolve()

  constructor(name: HostName) {
    this.name = name
  }

  keptThrough(line: number): void {
    this.known = Math.max(this.known, line)
  }
}
