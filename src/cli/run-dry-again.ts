import type { Engine } from '../engine/course.ts'
import type { Event } from '../engine/events.ts'
import { foreseeResume, foreseeRollback, type Foreseen } from '../engine/foresee.ts'
import type { Plan } from '../engine/plan.ts'
import { ZdtError } from '../lib/errors.ts'
import type { Exit } from '../lib/exit-codes.ts'
import { stepKinds } from '../steps/index.ts'
import type { Stand } from './conduct.ts'
import { say } from './say.ts'
import { showForeseen } from './show.ts'
import { unattended } from './unattended.ts'

const never = new AbortController().signal

/**
 * Shows what going on with a run, or taking it back, would do as the hosts are now. Takes no lock and writes no journal.
 * Throws where somebody else has changed what the run is about, and what a host throws.
 */
export async function runDryAgain(
  way: 'resume' | 'rollback',
  plan: Plan,
  events: readonly Event[],
  stand: Stand,
): Promise<Exit> {
  const foreseen = await foresee(way, events, stand)
  if (foreseen.error) throw foreseen.error
  return showForeseen(foreseen, plan, stand.flags)
}

/** The steps that would be done, or undone, as the hosts are now; undefined where somebody else's change is in the way. */
export async function stepsAhead(
  way: 'resume' | 'rollback',
  events: readonly Event[],
  stand: Stand,
): Promise<ReadonlySet<string> | undefined> {
  const foreseen = await foresee(way, events, stand).catch((error: unknown) => {
    if (error instanceof ZdtError) return { error, stages: [] }
    throw error
  })
  return foreseen.error ? undefined : new Set(foreseen.stages.flatMap(({ steps }) => steps.map(({ id }) => id)))
}

async function foresee(
  way: 'resume' | 'rollback',
  events: readonly Event[],
  { hosts, flags }: Stand,
): Promise<Foreseen> {
  const engine: Engine = {
    kinds: stepKinds,
    hosts,
    changing: hosts,
    operator: unattended(flags, 'leave'),
    record: () => Promise.resolve(),
    pause: never,
    stop: never,
  }
  const slow = setTimeout(() => say(looksLong), 2000)
  try {
    return await (way === 'resume' ? foreseeResume : foreseeRollback)(events, engine)
  } finally {
    clearTimeout(slow)
  }
}

const looksLong =
  'Still looking at the hosts: what is neither as before nor as after may be on its way, and is looked at for some time.'
