import type { Agent } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Millis } from '../lib/types.ts'
import { ask, keepAliveAgent } from './ask.ts'
import type { Board } from './board.ts'
import { book, emptyAccount, type Account, type Ledger, type Loss, type Outcome } from './ledger.ts'
import type { ProbeOptions } from './options.ts'
import { dueAt, dueTime, isFresh } from './schedule.ts'

/** Sent later than this after it was due is late. */
const lateAfter: Millis = 10
/** Keep-alive connections, used in turn, so that each is idle for a while and a reload meets several of them. */
const keptAlive = 8
/** A kept connection is ended in good order after this, as clients' pools do: the hand-off of a VIP waits for it. */
const keptFor: Millis = 5000
const mostLosses = 20
/** The histogram of the loop's delay counts from one tick to the next, so an idle loop shows this much. */
const tick: Millis = 10

interface NumberedLoss extends Pick<Loss, 'request' | 'at' | 'cause'> {
  readonly step: number
  readonly lostIn: number
}

/** A ledger before it is read: steps by number, plain data. */
export interface Report {
  readonly startedAt: string
  readonly duration: Millis
  readonly state: Ledger['state']
  /** By step; 0 is the baseline. A step in which nothing happened may be missing. */
  readonly accounts: readonly (Account | undefined)[]
  readonly losses: readonly NumberedLoss[]
  readonly selfDelayMax: Millis
}

/** Sends requests on schedule, whatever becomes of them, and books each with the step it was sent in. */
export class Prober {
  readonly #url: URL
  readonly #options: Required<ProbeOptions>
  readonly #board: Board
  readonly #kept: readonly { readonly agent: Agent; since: Millis }[]
  readonly #accounts: (Account | undefined)[] = []
  readonly #losses: NumberedLoss[] = []
  readonly #inFlight = new Set<Promise<void>>()
  readonly #loopDelay = monitorEventLoopDelay({ resolution: tick })
  readonly #begun = performance.now()
  #next = 0
  #turn = 0
  #timer: NodeJS.Timeout | undefined
  #state: Ledger['state'] = 'running'
  #sendingEnded: Millis | undefined
  #lastAnswer = performance.now()
  #lastAnswerIn = 0

  constructor(options: Required<ProbeOptions>, board: Board) {
    this.#options = options
    this.#url = new URL(options.url)
    this.#board = board
    const since = performance.now()
    this.#kept = Array.from({ length: keptAlive }, () => ({ agent: keepAliveAgent(this.#url), since }))
  }

  start(): void {
    this.#loopDelay.enable()
    this.#send()
  }

  /** What has been counted by now. */
  report(): Report {
    const end = this.#sendingEnded ?? performance.now()
    // A gap that is still open belongs to the step that is running.
    this.#noteGap(end)
    return {
      startedAt: this.#clock(this.#begun),
      duration: end - this.#begun,
      state: this.#state,
      accounts: this.#accounts,
      losses: this.#losses,
      selfDelayMax: Math.max(0, this.#loopDelay.max / 1e6 - tick),
    }
  }

  /** Sends no more, and reports when nothing is in flight any longer: at most the request timeout later. */
  async stop(): Promise<Report> {
    this.#endSending('stopped')
    await Promise.all(this.#inFlight)
    this.#loopDelay.disable()
    for (const { agent } of this.#kept) agent.destroy()
    return this.report()
  }

  #send(): void {
    const { rate, maxDuration } = this.#options
    const elapsed = performance.now() - this.#begun
    const { skip, start, wait } = dueAt({ rate, end: maxDuration, next: this.#next }, elapsed)
    if (skip > 0) this.#account(this.#board.step).skipped += skip
    this.#next += skip
    for (const end = this.#next + start; this.#next < end; this.#next++) this.#begin(this.#next)
    if (wait === undefined) this.#endSending('max-duration')
    else this.#timer = setTimeout(() => this.#send(), Math.ceil(wait))
  }

  #begin(number: number): void {
    const { rate, timeout } = this.#options
    const step = this.#board.step
    const account = this.#account(step)
    const sentAt = performance.now()
    account.sent++
    this.#board.count('sent')
    if (sentAt - this.#begun - dueTime(number, rate) > lateAfter) account.late++
    const how = isFresh(number, rate) ? { connection: false as const } : this.#keptAlive(sentAt)
    const asked = ask({ url: this.#url, number, ...how, timeout }).then((outcome) => {
      book(account, outcome)
      this.#tell(outcome)
      if (outcome.kind === 'lost' && this.#losses.length < mostLosses) {
        this.#losses.push({
          request: number,
          at: this.#clock(sentAt),
          step,
          lostIn: this.#board.step,
          cause: outcome.cause,
        })
      }
    })
    this.#inFlight.add(asked)
    void asked.finally(() => this.#inFlight.delete(asked))
  }

  #keptAlive(now: Millis): { readonly connection: Agent | false; readonly last?: boolean } {
    this.#turn = (this.#turn + 1) % keptAlive
    const kept = this.#kept[this.#turn]
    if (!kept) return { connection: false }
    const last = now - kept.since > keptFor
    if (last) kept.since = now
    return { connection: kept.agent, last }
  }

  #tell(outcome: Outcome): void {
    if (outcome.kind === 'unsent') this.#board.count('sent', -1)
    if (outcome.kind === 'lost') this.#board.count('lost')
    if (outcome.kind !== 'answered') return
    this.#board.count('answered')
    if (outcome.healed) this.#board.count('retried')
    const now = performance.now()
    this.#noteGap(now)
    this.#lastAnswer = now
    this.#lastAnswerIn = this.#board.step
  }

  /** When no more is sent, waiting for the slow ones in flight is no gap. */
  #noteGap(now: Millis): void {
    const gap = Math.min(now, this.#sendingEnded ?? now) - this.#lastAnswer
    // What begins in one step and ends in another is no credit to either.
    for (let step = this.#lastAnswerIn; step <= this.#board.step; step++) {
      const account = this.#account(step)
      account.longestGap = Math.max(account.longestGap, gap)
    }
  }

  #endSending(state: Ledger['state']): void {
    clearTimeout(this.#timer)
    if (this.#sendingEnded !== undefined) return
    this.#sendingEnded = performance.now()
    this.#state = state
  }

  #account(step: number): Account {
    return (this.#accounts[step] ??= emptyAccount())
  }

  #clock(at: Millis): string {
    return new Date(performance.timeOrigin + at).toISOString()
  }
}
