import type { Ledger } from './ledger.ts'

/** Whether a run kept its promise. */
export type Verdict = {
  readonly kept: boolean
  /** Lost, and 4xx answers of a status that the baseline never had. */
  readonly counted: number
  /** One sentence each, also about what makes the figure weak. */
  readonly remarks: readonly string[]
}

/**
 * Judges a ledger: kept when no more than `maxLost` requests were lost, and at least one was sent. A 4xx counts as lost
 * when the baseline had none of that status: an application that begins to answer 404 in a change has not kept it.
 */
export function verdict({ total, baseline, steps, state, selfDelayMax }: Ledger, maxLost: number): Verdict {
  const fresh = steps.flatMap(({ tally }) =>
    Object.entries(tally.unexpected).filter(
      ([status]) => baseline.sent > 0 && baseline.unexpected[status] === undefined,
    ),
  )
  const unexpected = fresh.reduce((sum, [, count]) => sum + count, 0)
  const counted = total.lost + unexpected
  const statuses = [...new Set(fresh.map(([status]) => status))].join(', ')
  const remarks = [
    total.sent === 0 && 'nothing was sent, so nothing is proved',
    total.lost > 0 && `${total.lost} of ${total.sent} requests were lost: ${listed(total.byCause)}`,
    unexpected > 0 && `${unexpected} answers had a status that the time before did not have: ${statuses}`,
    total.skipped > 0 && `${total.skipped} requests were due and not sent, for the prober could not keep up`,
    // Under 50 ms nobody would ask; a gap twice as long is not the prober's.
    selfDelayMax > 50 &&
      selfDelayMax * 2 > total.longestGap &&
      `the prober itself was held up for ${Math.round(selfDelayMax)} ms: its longest gap and slowest answers may be its own`,
    state === 'max-duration' && 'the probe ended before the run did, so the end was not measured',
  ]
  return { kept: total.sent > 0 && counted <= maxLost, counted, remarks: remarks.filter((remark) => remark !== false) }
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([cause, count]) => `${count} ${cause}`)
    .join(', ')
}
