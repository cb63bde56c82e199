import type { RulesReport, SplitReport, SplitsReport, VariantReport } from '../operations/split/report.ts'
import { formatDuration } from '../lib/durations.ts'
import { cleanLine } from './clean.ts'
import { wrap } from './lines.ts'
import { finish, type Page } from './page.ts'
import { table } from './table.ts'

/** Splits as their balancers have them: what decides, and how the two pools answer. One block each. */
export function splitText({ splits, runs }: SplitsReport, page: Page): string {
  if (splits.length === 0) return finish(['no split in zdt.yaml'], page)
  const { paint, width } = page
  const left = runs.flatMap(({ run, title, isRunning, next }) => {
    const what = `run ${run} (${title}) is ${isRunning ? 'at work there' : `half done: ${next}`}`
    return wrap(what, width, '⚠ ').map(paint.yellow)
  })
  const blocks = splits.map((split) => block(split, page))
  return [...blocks, ...(left.length > 0 ? [finish(left, page)] : [])].join('\n')
}

function block(split: SplitReport, page: Page): string {
  const { paint, width } = page
  const { name, balancer, hosts, pools } = split
  const sayings = new Map<string, string[]>()
  for (const { host, rules } of hosts) {
    if (!rules) continue
    const lines = linesOf(split, rules).join('\n')
    sayings.set(lines, [...(sayings.get(lines) ?? []), host])
  }
  const differ = sayings.size > 1
  return finish(
    [
      paint.bold(`${name}   ${balancer} on ${hosts.map(({ host }) => host).join(', ')}`),
      ...[...sayings].flatMap(([lines, on]) => [
        ...(differ ? [paint.red(`  ⚠ on ${on.join(', ')}`)] : []),
        ...lines.split('\n').flatMap((line) => wrap(line, width, '  ')),
      ]),
      ...table(['', 'pool', 'up', 'answers', 'errors', 'took'], pools.map(row), { width, paintHead: paint.dim }),
      ...hosts.flatMap(({ odd, error }) => [
        ...odd.flatMap((line) => wrap(cleanLine(line), width, '  ⚠ ').map(paint.yellow)),
        ...(error ? wrap(cleanLine(error.message), width, '  ✖ ').map(paint.red) : []),
      ]),
      ...(differ
        ? wrap(
            `bring them to what one of them has: ${[...sayings.values()].map(([host]) => `zdt split set ${name} --like ${host}`).join(', or ')}`,
            width,
            '  ',
          )
        : []),
    ],
    page,
  )
}

function linesOf({ header, cookie, shareBy }: SplitReport, { rules, share }: RulesReport): string[] {
  const of = (by: string) =>
    rules
      .filter((rule) => rule.by === by)
      .map(({ key, to }) => `${key} → ${to}`)
      .join(', ') || 'nothing'
  const others = rules.length === 0 ? 'all' : 'the others'
  const by = shareBy === 'address' ? 'the client’s address' : shareBy
  return [
    ...(header === null ? [] : [`header ${header}: ${of('header')}`]),
    ...(cookie === null ? [] : [`cookie ${cookie}: ${of('cookie')}`]),
    `network: ${of('source')}`,
    `share: ${share} % of ${others} → b, by ${by}`,
  ]
}

function row({ variant, pool, up, of, answered }: VariantReport): string[] {
  const stands = `${up ?? '?'} of ${of}`
  if (!answered) return [variant, pool, stands, '', '', '']
  const { answers, errors, took } = answered
  const percent = answers === 0 || errors === 0 ? '' : ` (${((errors / answers) * 100).toFixed(2)} %)`
  return [variant, pool, stands, String(answers), `${errors}${percent}`, took === null ? '' : formatDuration(took)]
}
