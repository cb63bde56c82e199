import type { KnownRuns } from '../operations/all-runs.ts'
import { cleanLine } from './clean.ts'
import { names } from './lines.ts'
import { finish, type Page } from './page.ts'
import { table } from './table.ts'
import { dayAndTime } from './times.ts'

/** Who did what, when, where, how it came out and what was lost: the audit, `zdt history`. */
export function historyText({ runs, unseen }: KnownRuns, page: Page): string {
  const { paint, width } = page
  const lines =
    runs.length === 0
      ? ['no run yet']
      : table(
          ['when', 'who', 'what', 'where', 'outcome', 'lost', 'run'],
          runs.map(({ at, operator, others = [], title, hosts, ended, lost, run }) => [
            dayAndTime(at),
            cleanLine([operator, ...others].join(', then ')),
            cleanLine(title),
            names(hosts, 24),
            ended ?? 'no end',
            lost === undefined ? '' : String(lost),
            run,
          ]),
          { width, indent: 0, paintHead: paint.dim },
        )
  return finish(
    [...lines, ...unseen.map(({ host, why }) => paint.yellow(`⚠ ${host} not asked: ${cleanLine(why)}`))],
    page,
  )
}
