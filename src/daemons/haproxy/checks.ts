import type { CheckResult, CheckView } from './server-view.ts'
import { type Row, numberOf, textOf } from './tables.ts'

const results: readonly CheckResult[] = ['unknown', 'neutral', 'failed', 'passed', 'conditional']

/** The bits of `srv_check_state`: 1 in progress, 2 configured, 4 enabled, 8 paused. */
const inProgress = 1
const configured = 2
const paused = 8

/** Reads a server's check from its rows of `show servers state` and `show stat`; null when it has none of its own. */
export function checkOf(state: Row, stat: Row | undefined): CheckView | null {
  const bits = numberOf(state, 'srv_check_state') ?? 0
  if ((bits & configured) === 0) return null
  // `* L7OK`: the last result, while the next check is on its way.
  const status = textOf(stat, 'check_status') ?? ''
  const said = textOf(stat, 'last_chk')
  const description = textOf(stat, 'check_desc') ?? ''
  return {
    status: status.replace(/^\* /, ''),
    inProgress: (bits & inProgress) !== 0 || status.startsWith('* '),
    paused: (bits & paused) !== 0,
    result: results[numberOf(state, 'srv_check_result') ?? 0] ?? 'unknown',
    code: numberOf(stat, 'check_code'),
    description: said === undefined ? description : `${description}: ${said}`,
    durationMs: numberOf(stat, 'check_duration'),
    health: numberOf(state, 'srv_check_health') ?? 0,
    rise: numberOf(stat, 'check_rise'),
    fall: numberOf(stat, 'check_fall'),
  }
}
