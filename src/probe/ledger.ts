import type { Millis } from '../lib/types.ts'
import { addDuration, emptyHistogram, mergedHistogram, percentile, type Histogram } from './histogram.ts'

/** How many there were of each. */
export type Counts = { readonly [name: string]: number }

/** What became of the requests that were sent during one step, or during all of the run. */
export type Tally = {
  readonly sent: number
  /** Answered in whole with a status below 500, healed ones included. */
  readonly answered: number
  /** No whole answer in time, or a 5xx. What is neither answered nor lost is still in flight. */
  readonly lost: number
  /** Of the answered: the keep-alive connection was stale, and one retry on a fresh one healed it (RFC 9110 §9.2.2). */
  readonly retried: number
  /** Sent more than 10 ms after they were due: the prober's own hiccup. */
  readonly late: number
  /** Never sent: due while the prober slept too long to catch up, or out of local ports or files. */
  readonly skipped: number
  /** The lost, by cause: refused, reset, timeout, connect-timeout, closed-before-answer, closed-mid-answer, status-503… */
  readonly byCause: Counts
  /** Of the answered, those with a 4xx, by status. */
  readonly unexpected: Counts
  /** From sending to the last byte, answered requests only, within 5 %; null when there is none. */
  readonly p50: Millis | null
  readonly p99: Millis | null
  /** Exact. */
  readonly max: Millis | null
  /** The longest time without an answer of which a part was here: it began or ended here, or is open here at the end. */
  readonly longestGap: Millis
}

/** One lost request, to be found again in a load balancer's log by its User-Agent, `zdt-probe/1 #1234`. */
export type Loss = {
  readonly request: number
  /** When it was sent, ISO 8601. */
  readonly at: string
  /** The step it was sent in, '' for the baseline: the tally that counts it. */
  readonly step: string
  /** The step it was lost in, where that is another: it was on its way when that step began. */
  readonly lostIn?: string
  readonly cause: string
}

/** What a run lost, as a whole, before its first step, and in each step. Plain data, for the result and the journal. */
export type Ledger = {
  readonly url: string
  /** Requests a second that were meant to be sent. */
  readonly rate: number
  readonly startedAt: string
  /** For how long requests have been sent. */
  readonly duration: Millis
  /** `max-duration`: the probe ended by itself, and what came later was not measured. */
  readonly state: 'running' | 'stopped' | 'max-duration'
  readonly total: Tally
  readonly baseline: Tally
  readonly steps: readonly { readonly label: string; readonly tally: Tally }[]
  /** The first losses, at most 20. */
  readonly losses: readonly Loss[]
  /** The longest that the prober's own event loop was held up: gaps and latencies below it may be its own. */
  readonly selfDelayMax: Millis
}

/** A tally in the making. Plain data: it crosses threads. */
export interface Account {
  sent: number
  answered: number
  lost: number
  retried: number
  late: number
  skipped: number
  byCause: Record<string, number>
  unexpected: Record<string, number>
  latency: Histogram
  longestGap: Millis
}

export function emptyAccount(): Account {
  return {
    sent: 0,
    answered: 0,
    lost: 0,
    retried: 0,
    late: 0,
    skipped: 0,
    byCause: {},
    unexpected: {},
    latency: emptyHistogram(),
    longestGap: 0,
  }
}

/** What became of one request. */
export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly latency: Millis; readonly healed: boolean }
  | { readonly kind: 'lost'; readonly cause: string }
  /** It never left this machine. */
  | { readonly kind: 'unsent' }

/** Books the outcome of a request that `account` has counted as sent. */
export function book(account: Account, outcome: Outcome): void {
  if (outcome.kind === 'lost') {
    account.lost++
    add(account.byCause, outcome.cause, 1)
    return
  }
  if (outcome.kind === 'unsent') {
    account.sent--
    account.skipped++
    return
  }
  account.answered++
  if (outcome.healed) account.retried++
  if (outcome.status >= 400) add(account.unexpected, `status-${outcome.status}`, 1)
  addDuration(account.latency, outcome.latency)
}

/** All of several accounts as one. */
export function merged(accounts: readonly Account[]): Account {
  const sum = emptyAccount()
  for (const account of accounts) {
    for (const key of ['sent', 'answered', 'lost', 'retried', 'late', 'skipped'] as const) sum[key] += account[key]
    for (const [cause, count] of Object.entries(account.byCause)) add(sum.byCause, cause, count)
    for (const [status, count] of Object.entries(account.unexpected)) add(sum.unexpected, status, count)
    sum.longestGap = Math.max(sum.longestGap, account.longestGap)
  }
  return { ...sum, latency: mergedHistogram(accounts.map(({ latency }) => latency)) }
}

/** An account as it is read. */
export function tallyOf(account: Account): Tally {
  const { latency, longestGap, ...counts } = account
  return {
    ...counts,
    p50: rounded(percentile(latency, 0.5)),
    p99: rounded(percentile(latency, 0.99)),
    max: account.answered === 0 ? null : rounded(latency.max),
    longestGap: rounded(longestGap),
  }
}

function add(counts: Record<string, number>, name: string, count: number): void {
  counts[name] = (counts[name] ?? 0) + count
}

/** To a hundredth of a millisecond: more digits are noise. */
function rounded<Value extends Millis | null>(ms: Value): Value extends null ? Millis | null : Millis
function rounded(ms: Millis | null): Millis | null {
  return ms === null ? null : Math.round(ms * 100) / 100
}
