import type { TrialOutcome } from './report.ts'

/** Who is there at one look: those with a parent in the list are workers. */
export interface TrialFamily {
  readonly masters: readonly string[]
  readonly workers: readonly string[]
}

/** Reads one `@look` of `PID PARENT` lines. */
export function familyIn(body: readonly string[]): TrialFamily {
  const rows = body.map((line) => line.split(' '))
  const pids = new Set(rows.map(([pid]) => pid))
  const of = (isWorker: boolean) => rows.filter(([, parent]) => pids.has(parent) === isWorker).map(([pid = '']) => pid)
  return { masters: of(false), workers: of(true) }
}

/** Two looks tell whether it lives. */
export function judgeFamily(looks: readonly TrialFamily[]): TrialOutcome {
  const [before, after] = looks
  if (before === undefined || after === undefined || after.masters.length === 0) return 'does-not-start'
  if (after.workers.length === 0) return 'no-workers'
  return after.workers.every((pid) => before.workers.includes(pid)) ? 'lives' : 'unsteady'
}
