import type { Millis } from '../../lib/types.ts'
import { shareOf, type Answered } from '../answered/share.ts'
import { numberOf, parseCsv } from './tables.ts'

/** What a server has answered since its load balancer's worker started (`show stat`: `hrsp_*`, `econ`, `eresp`, `rtime`, `chkdown`). `took` as far as HAProxy knows it (see `span`). */
export type Given = Answered & {
  readonly status: string
  readonly up: boolean
  /** How often its checks have brought it down. */
  readonly falls: number
  /** The weight that it was given; null where HAProxy does not say it. */
  readonly weight: number | null
}

export type Answers = readonly Given[]

const classes = ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx'] as const

/** Over how many answers HAProxy's `rtime` goes: each further one counts for a 512th, and those before for the rest. */
const span = 512

/** Reads the servers of one backend out of `show stat`. */
export function answersOf(csv: string, backend: string): Answers {
  return parseCsv(csv)
    .filter((row) => row.get('pxname') === backend && !['FRONTEND', 'BACKEND'].includes(row.get('svname') ?? ''))
    .map((row) => {
      const count = (column: string) => numberOf(row, column) ?? 0
      const failed = count('econ') + count('eresp')
      const status = row.get('status') ?? ''
      return {
        server: row.get('svname') ?? '',
        status,
        up: /^(UP|no check)/.test(status),
        falls: count('chkdown'),
        // While HAProxy's own `slowstart` holds it down, that is no weight which anybody gave.
        weight: numberOf(row, 'throttle') === undefined ? (numberOf(row, 'weight') ?? null) : null,
        answers: classes.reduce((sum, column) => sum + count(column), 0) + failed,
        errors: count('hrsp_5xx') + failed,
        took: numberOf(row, 'rtime') ?? null,
      }
    })
}

/** What was answered between two looks. Counters that went back are a new worker's: they begin at nothing. */
export function since(before: Answers, now: Answers): Answers {
  return now.map((one) => {
    const was = before.find(({ server }) => server === one.server)
    if (!was || was.answers > one.answers || was.errors > one.errors || was.falls > one.falls) return one
    const [answers, errors] = [one.answers - was.answers, one.errors - was.errors]
    return { ...one, answers, errors, falls: one.falls - was.falls, took: tookSince(was, one) }
  })
}

/** The average of what came since: HAProxy tells it only mixed with what was before. In whole ms, so of few it is rough. */
function tookSince(was: Given, now: Given): Millis | null {
  const came = now.answers - was.answers
  if (now.took === null || came === 0) return null
  if (was.took === null) return now.took
  // The first ones all count alike.
  const left = now.answers <= span ? was.answers / now.answers : (1 - 1 / span) ** came
  return Math.max(0, Math.round((now.took - left * was.took) / (1 - left)))
}

/** What several load balancers have counted of the same servers. A server is up where all see it so. */
export function together(all: readonly Answers[]): Answers {
  const names = [...new Set(all.flat().map(({ server }) => server))]
  return names.map((server) => {
    const seen = all.flat().filter((one) => one.server === server)
    const worst = seen.find(({ up }) => !up) ?? seen[0]
    return {
      server,
      status: worst?.status ?? '',
      up: worst?.up ?? false,
      falls: seen.reduce((sum, one) => sum + one.falls, 0),
      weight: worst?.weight ?? null,
      ...shareOf(seen),
    }
  })
}
