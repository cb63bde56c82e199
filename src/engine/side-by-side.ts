import type { ZdtError } from '../lib/errors.ts'
import type { Course } from './course.ts'
import type { Step } from './plan.ts'
import { runChange, runGuard, runWait, type StepEnd } from './run-step.ts'
import { asZdtError, told } from './told.ts'

/** How a stage's steps came out, each by itself. */
export interface Ends {
  readonly failed: readonly { readonly step: Step; readonly error: ZdtError }[]
  /** Their time was over, or a pause was asked for. */
  readonly late: readonly { readonly step: Step; readonly awaiting: readonly string[] }[]
}

/** Runs steps side by side, each to its end. Rejects only when everything is to stop at once. */
export async function sideBySide(steps: readonly Step[], course: Course): Promise<Ends> {
  // What failed is decided upon at once: a neighbour may have minutes yet to wait.
  const enough = new AbortController()
  const ends = await Promise.all(
    steps.map(async (step) => {
      const started = Date.now()
      await course.mayBeAway(step, true)
      try {
        const end = await runOne(step, course, enough.signal)
        // Nothing more may be begun: a neighbour need not wait for what will not be gone on with.
        if (course.journalLost) enough.abort()
        return { step, end }
      } catch (thrown) {
        course.engine.stop.throwIfAborted()
        enough.abort()
        const error = asZdtError(thrown, step.host)
        await course.record({ event: 'failed', step: step.id, took: Date.now() - started, error: told(error) })
        return { step, error }
      } finally {
        await course.mayBeAway(step, false)
      }
    }),
  )
  return {
    failed: ends.flatMap(({ step, error }) => (error ? [{ step, error }] : [])),
    late: ends.flatMap(({ step, end }) => (end?.end === 'overtime' ? [{ step, awaiting: end.awaiting }] : [])),
  }
}

async function runOne(step: Step, course: Course, enough: AbortSignal): Promise<StepEnd> {
  const { record } = course
  const kind = course.kind(step)
  const on = await course.onMaybeAway(step)
  if (kind.flavour === 'guard') return runGuard(kind, step, on, record)
  const both = { on, changing: await course.changing(step.host) }
  if (kind.flavour === 'wait') return runWait(kind, step, both, record, AbortSignal.any([course.engine.pause, enough]))
  const end = await runChange(kind, step, both, record, (found) => course.debts.owe(step, found))
  course.debts.seenDone(step)
  return end
}
