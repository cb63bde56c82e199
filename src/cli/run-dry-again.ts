import type { Engine } from '../engine/course.ts'
import type { Event } from '../engine/events.ts'
import { foreseeResume, foreseeRollback } from '../engine/foresee.ts'
import type { Plan } from '../engine/plan.ts'
import type { Exit } from '../lib/exit-codes.ts'
import { stepKinds } from '../steps/index.ts'
import type { Stand } from './conduct.ts'
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
  { hosts, flags }: Stand,
): Promise<Exit> {
  const engine: Engine = {
    kinds: stepKinds,
    hosts,
    changing: hosts,
    operator: unattended(flags, 'leave'),
    record: () => Promise.resolve(),
    pause: never,
    stop: never,
  }
  const foreseen = await (way === 'resume' ? foreseeResume : foreseeRollback)(events, engine)
  if (foreseen.error) throw foreseen.error
  return showForeseen(foreseen, plan, flags)
}
