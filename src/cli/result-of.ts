import { exitOf, type Ended, type Outcome } from '../engine/outcome.ts'
import type { Result } from '../engine/result.ts'
import { told } from '../engine/told.ts'
import { exitCodes, type Exit } from '../lib/exit-codes.ts'
import type { Says } from '../engine/says.ts'
import type { Ledger } from '../probe/ledger.ts'
import { cutCount } from '../views/cut-words.ts'
import { verdict } from '../probe/verdict.ts'

/** What was measured, and how much loss was allowed. */
interface Measured {
  readonly lost: Ledger | undefined
  readonly maxLost: number
  /** `put-back`: that is what was asked for, and no failure. */
  readonly goal: 'done' | 'put-back'
}

/** How a run came out, as the one value that is shown and printed, with the name of its exit code. */
export function resultOf(
  says: Says,
  outcome: Outcome,
  { lost, maxLost, goal }: Measured,
): { result: Result; exit: Exit } {
  const { plan, ended, error, left, leftOut } = outcome
  const good = ended === 'done' || ended === 'already' || (goal === 'put-back' && ended === 'put-back')
  const measured = lost && verdict(lost, maxLost)
  // Stopped before anything was changed, by a person: nothing was refused.
  const failed = ended === 'untouched' && !error ? 'interrupted' : exitOf[ended]
  const whole = good && (leftOut === undefined || ended !== 'done')
  const exit = whole && measured?.kept === false ? 'lost' : whole ? 'ok' : good ? 'left' : failed
  const result: Result = {
    run: plan.id,
    title: plan.title,
    ended,
    exit: exitCodes[exit].code,
    summary: summaryOf(says, outcome),
    ...(error && { error: told(error) }),
    left,
    ...(says.putBackWith && ended === 'done' && { putBackWith: says.putBackWith }),
    ...waysOn(says, outcome, goal),
    ...(leftOut && { leftOut }),
    ...(outcome.forced && { forced: outcome.forced }),
    ...(lost && { probe: lost }),
    ...(measured && { probeRemarks: measured.remarks }),
  }
  return { result, exit }
}

/** What to type for a run that is half done. */
function waysOn(
  { halfWay, again }: Says,
  { plan, ended, error, left, leftOut }: Outcome,
  goal: Measured['goal'],
): Says['halfWay'] {
  if (ended === 'done' && leftOut && again !== undefined) return { ...halfWay, goOnWith: again }
  // It is somebody else's by now: what is to be typed is in the error.
  if (error?.code === 'taken-over' || error?.code === 'adopted-elsewhere') return undefined
  if (ended !== 'paused' && ended !== 'interrupted' && ended !== 'left') return left.length > 0 ? halfWay : undefined
  const back = `zdt rollback ${plan.id}`
  if (goal === 'put-back') return { goOnWith: back }
  return { goOnWith: `zdt resume ${plan.id}`, ...(left.length > 0 && { putBackWith: back, ...halfWay }) }
}

function summaryOf({ done, already }: Says, { plan, ended, error, note, forced, stays, leftOut }: Outcome): string {
  const cut = forced && forced.length > 0 ? cutCount(forced) : undefined
  // Whoever was cut off stays cut off, and a process that died in between cannot even tell who that was.
  const asItWas = stays ? 'everything is as it was, but for what was mended or reloaded' : 'everything is as it was'
  const back = forced ? `what was changed is as it was, but ${cut ?? 'something was ended by force'}` : asItWas
  // Asked for by --on-timeout, or by whoever was asked.
  const failure = error?.code === 'timed-out' ? 'time is over,' : 'failed'
  const names = leftOut?.map(({ lot }) => lot) ?? []
  const stay = names.length === 1 ? 'stays' : 'stay'
  const without = leftOut && `${plan.title} is done, but ${names.join(', ')} failed and ${stay} out of rotation`
  const whole = without ?? done
  const summaries: { readonly [each in Ended]: string } = {
    done: cut === undefined ? whole : `${whole}; ${cut}`,
    already: note ? `${plan.title}: ${note}` : already,
    untouched: error ? `refused: ${error.message}` : `${plan.title} was stopped`,
    'put-back': error ? `${failure} and put back: ${back}` : `put back: ${back}`,
    left: `${plan.title} ended with something left undone`,
    paused: `${plan.title} is paused`,
    interrupted: `${plan.title} was interrupted and is paused`,
  }
  return summaries[ended]
}
