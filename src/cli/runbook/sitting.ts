import type { Happening } from '../../engine/events.ts'
import { openJournal, type Journal, type JournalMode } from '../../engine/journal.ts'
import { readJournal } from '../../engine/read-journal.ts'
import { exitOf, type Ended } from '../../engine/outcome.ts'
import type { Plan } from '../../engine/plan.ts'
import type { Result } from '../../engine/result.ts'
import { told } from '../../engine/told.ts'
import { ownProcess } from '../../hosts/lease/own-process.ts'
import type { ZdtError } from '../../lib/errors.ts'
import { exitCodes, type Exit } from '../../lib/exit-codes.ts'
import type { Stand } from '../conduct.ts'
import { showResult } from '../show.ts'
import type { Carried } from '../zdt-command.ts'
import { stepsIn, type Going } from './steps.ts'

/** What a runbook is worked on with. */
export interface RunbookStand extends Stand {
  readonly verbOf: (words: readonly string[]) => Promise<Carried>
}

/** How far it came. */
export interface Came {
  readonly ended: Ended
  /** Where it is not what that ending says by itself: of a runbook that did nothing, its first step's. */
  readonly exit?: Exit
  readonly error?: ZdtError
  readonly summary: string
}

/** Works on a runbook's run in its own journal, and tells the result. Returns the exit code's name. */
export async function sitOn(
  plan: Plan,
  begin: Extract<Happening, { event: 'run' | 'resumed' | 'rolling-back' }>,
  {
    mode,
    flags,
    work,
  }: {
    readonly mode: JournalMode
    readonly flags: Stand['flags']
    readonly work: (journal: Journal) => Promise<Came>
  },
): Promise<Exit> {
  const journal = await openJournal(plan.id, () => undefined, undefined, mode)
  try {
    await journal.record({ ...begin, process: await ownProcess() })
    const came = await work(journal)
    const exit = came.exit ?? (begin.event === 'rolling-back' && came.ended === 'put-back' ? 'ok' : exitOf[came.ended])
    await journal.record({ event: 'end', ended: came.ended, left: [], exit: exitCodes[exit].code })
    const going = await stepsIn(await readJournal(plan.id))
    showResult({ result: resultOf(plan, came, exit, { going, begin: begin.event }) }, undefined, { flags })
    return exit
  } finally {
    await journal.close()
  }
}

function resultOf(
  { id, title }: Plan,
  { ended, error, summary }: Came,
  exit: Exit,
  { going, begin }: { readonly going: readonly Going[]; readonly begin: string },
): Result {
  const isOver = ended === 'done' || ended === 'put-back' || ended === 'untouched' || ended === 'already'
  const back = `zdt rollback ${id}`
  return {
    run: id,
    title,
    ended,
    exit: exitCodes[exit].code,
    summary,
    ...(error && { error: told(error) }),
    left: [],
    ...(!isOver && { goOnWith: begin === 'rolling-back' ? back : `zdt resume ${id}` }),
    ...(begin !== 'rolling-back' && going.some(hasChanged) && { putBackWith: back }),
  }
}

/** Is there something of a step to take back? */
export function hasChanged({ begun, ended }: Going): boolean {
  return begun && ended !== 'put-back' && ended !== 'untouched' && ended !== 'already'
}
