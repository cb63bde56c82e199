import type { Fleet } from '../fleet/fleet.ts'
import { allRuns, type KnownRun } from './all-runs.ts'

/** A run of this machine that has come to no end, and the hosts it was to change. */
export type HalfDone = Pick<KnownRun, 'run' | 'title' | 'hosts'> & {
  /** Its process is at work: nothing is to be done about it. */
  readonly isRunning: boolean
}

/**
 * The runs of this machine that a fleet's hosts may still bear the marks of, latest first. One is left out once a later run
 * on all of its hosts has come to its end: somebody has gone on from there.
 */
export async function halfDoneRuns({ name }: Pick<Fleet, 'name'>): Promise<HalfDone[]> {
  const { runs } = await allRuns()
  const own = runs.filter(({ fleet }) => fleet === undefined || fleet === name)
  // Of a runbook that stopped in a step, the runbook is what is gone on with.
  const parts = new Set(own.filter((run) => run.halfDone).flatMap((run) => run.parts))
  return own.flatMap((run, index) => {
    if (parts.has(run.run)) return []
    const { title, hosts, going } = run
    const isRunning = run.ended === undefined && going === 'running'
    const isOver = own
      .slice(0, index)
      .some(
        (later) =>
          later.ended === 'done' && !run.parts.includes(later.run) && hosts.every((host) => later.hosts.includes(host)),
      )
    return isRunning || (run.halfDone && !isOver) ? [{ run: run.run, title, hosts, isRunning }] : []
  })
}

/** A run that was left half done on some of the hosts that somebody is about to change. */
export interface LeftThere {
  readonly fact: string
  /** What to type first. */
  readonly next: string
}

/** What whoever is about to change these hosts should know. */
export async function leftHalfDone(fleet: Pick<Fleet, 'name'>, hosts: readonly string[]): Promise<LeftThere[]> {
  const runs = (await halfDoneRuns(fleet)).filter(({ isRunning }) => !isRunning)
  return runs.flatMap(({ run, title, hosts: its }) => {
    const where = its.filter((host) => hosts.includes(host)).join(', ')
    if (where === '') return []
    return {
      fact: `run ${run} (${title}) has left ${where} half done: zdt resume ${run}, or zdt rollback ${run}`,
      next: `zdt resume ${run}   # or zdt rollback ${run}: ${title} has left ${where} half done`,
    }
  })
}
