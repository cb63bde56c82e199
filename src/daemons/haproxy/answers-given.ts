import { numberOf, parseCsv } from './tables.ts'

/** What a server has answered since its load balancer's worker started (`show stat`: `hrsp_*`, `econ`, `eresp`). */
export interface Given {
  readonly server: string
  readonly status: string
  readonly up: boolean
  readonly answers: number
  /** 5xx, connections that failed, and answers that never came whole. */
  readonly errors: number
}

export type Answers = readonly Given[]

const classes = ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx'] as const

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
        answers: classes.reduce((sum, column) => sum + count(column), 0) + failed,
        errors: count('hrsp_5xx') + failed,
      }
    })
}

/** What was answered between two looks. Counters that went back are a new worker's: they begin at nothing. */
export function since(before: Answers, now: Answers): Answers {
  return now.map((one) => {
    const was = before.find(({ server }) => server === one.server)
    if (!was || was.answers > one.answers || was.errors > one.errors) return one
    return { ...one, answers: one.answers - was.answers, errors: one.errors - was.errors }
  })
}

/** How many of a number of answers were errors. */
export interface Share {
  readonly answers: number
  readonly errors: number
  /** 0 to 1; 0 of nothing. */
  readonly share: number
}

/** The errors of some servers against those of all others, with the sentence that tells both. */
export function errorShare(answers: Answers, names: readonly string[]): { own: Share; others: Share; text: string } {
  const own = shareOf(answers.filter(({ server }) => names.includes(server)))
  const others = shareOf(answers.filter(({ server }) => !names.includes(server)))
  const text = `${said(own)} of ${names.join(', ')}, ${said(others)} of the others`
  return { own, others, text }
}

function shareOf(some: Answers): Share {
  const answers = some.reduce((sum, one) => sum + one.answers, 0)
  const errors = some.reduce((sum, one) => sum + one.errors, 0)
  return { answers, errors, share: answers === 0 ? 0 : errors / answers }
}

function said({ answers, errors, share }: Share): string {
  const percent = errors === 0 ? '' : ` (${(share * 100).toFixed(1)} %)`
  return `${errors} errors in ${answers} answers${percent}`
}
