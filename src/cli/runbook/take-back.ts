import type { Journal } from '../../engine/journal.ts'
import { asZdtError } from '../../engine/told.ts'
import type { ZdtError } from '../../lib/errors.ts'
import type { Exit } from '../../lib/exit-codes.ts'
import type { RunId } from '../../lib/types.ts'
import { cleanLine } from '../../views/clean.ts'
import { goOn } from '../go-on.ts'
import { say } from '../say.ts'
import { showResult } from '../show.ts'
import { hasChanged, type Came, type RunbookStand } from './sitting.ts'
import type { Going } from './steps.ts'

interface Way {
  readonly title: string
  readonly stand: RunbookStand
  readonly journal: Journal
}

/** Takes back what the steps of a runbook have done, the last first. Hooks have no way back, and are not run. */
export async function takeBack(all: readonly Going[], { title, stand, journal }: Way): Promise<Came> {
  let lost = false
  const beside = new Set(all.flatMap(({ run }) => (run === undefined ? [] : [run])))
  for (const { id, number, step, run } of all.filter(hasChanged).toReversed()) {
    if (run === undefined) continue
    say(`\n── back from step ${number} of ${all.length}: ${cleanLine(step.name)}`)
    const began = Date.now()
    await journal.record({ event: 'undoing', step: id })
    const { exit, error } = await back(run, stand, beside)
    const where = `${title}: step ${number} (${cleanLine(step.name)})`
    if (exit === 'interrupted') {
      return { ended: 'interrupted', exit, summary: `${where} was interrupted on its way back; those before it stand` }
    }
    if (exit !== 'ok' && exit !== 'lost') {
      const summary = `${where} could not be taken back; those before it stand`
      return { ended: 'left', summary, ...(error && { error }) }
    }
    lost ||= exit === 'lost'
    await journal.record({ event: 'undone', step: id, took: Date.now() - began })
  }
  const summary = `${title}: everything is as it was`
  if (!lost) return { ended: 'put-back', summary }
  return { ended: 'put-back', exit: 'lost', summary: `${summary}, but the probe lost more than --max-lost on the way` }
}

async function back(
  run: RunId,
  stand: RunbookStand,
  beside: ReadonlySet<string>,
): Promise<{ readonly exit?: Exit; readonly error?: ZdtError }> {
  try {
    const exit = await goOn(
      run,
      'rollback',
      {
        ...stand,
        told: (result, ledger) => {
          if (!stand.flags.json) showResult({ result }, ledger, stand)
        },
      },
      { beside },
    )
    return { exit }
  } catch (error) {
    return { error: asZdtError(error, '') }
  }
}
