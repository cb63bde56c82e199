import { formatDuration } from '../../lib/durations.ts'
import type { Millis } from '../../lib/types.ts'
import { shareOf, type Answered, type Share } from './share.ts'

/** How much worse than the others some servers may answer. A type: it goes into plans and journals. */
export type Limits = {
  /** How much more of their answers may be errors, as a share of 1. */
  readonly maxErrors: number
  /** How much longer an answer of theirs may take, on average. */
  readonly maxSlower: Millis
  /** Fewer answers than these tell nothing. */
  readonly samples: number
}

/** `few`: too few answers to tell, which is not a pass. `text` has the values, whatever it is. */
export type Verdict = { readonly says: 'pass' | 'fail' | 'few'; readonly text: string }

/**
 * Judges what some servers have answered meanwhile against what all others have; where those had nothing to answer, against all
 * that they had answered `before`.
 */
export function judge(
  answers: readonly Answered[],
  before: readonly Answered[],
  names: readonly string[],
  limits: Limits,
): Verdict {
  const own = shareOf(answers.filter(({ server }) => names.includes(server)))
  const meanwhile = shareOf(answers.filter(({ server }) => !names.includes(server)))
  const isAlone = meanwhile.answers === 0
  const others = isAlone ? shareOf(before.filter(({ server }) => !names.includes(server))) : meanwhile
  const beside =
    others.answers === 0 ? 'nobody else to compare with' : `the others${isAlone ? ' before' : ''}: ${said(others)}`
  const text = `${names.join(', ')}: ${said(own)}; ${beside}`
  if (own.answers < limits.samples) return { says: 'few', text: `${own.answers} of ${limits.samples} answers so far` }
  if (own.share > others.share + limits.maxErrors) return { says: 'fail', text: `too many errors: ${text}` }
  const slower = own.took !== null && others.took !== null && own.took > others.took + limits.maxSlower
  if (slower) return { says: 'fail', text: `too slow: ${text}` }
  return { says: 'pass', text }
}

function said({ answers, errors, share, took }: Share): string {
  const percent = errors === 0 ? '' : ` (${(share * 100).toFixed(1)} %)`
  const each = took === null ? '' : `, ${formatDuration(took)} each`
  return `${errors} ${errors === 1 ? 'error' : 'errors'} in ${answers} answers${percent}${each}`
}
