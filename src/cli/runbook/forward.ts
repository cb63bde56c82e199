import { newRunId } from '../../engine/plan.ts'
import type { Journal } from '../../engine/journal.ts'
import { readJournal } from '../../engine/read-journal.ts'
import type { Result } from '../../engine/result.ts'
import { asZdtError } from '../../engine/told.ts'
import { quote } from '../../lib/quote.ts'
import type { Exit } from '../../lib/exit-codes.ts'
import type { RunId } from '../../lib/types.ts'
import { cleanLine } from '../../views/clean.ts'
import { count } from '../../views/lines.ts'
import { askFirst } from '../ask-first.ts'
import { goOn } from '../go-on.ts'
import { say } from '../say.ts'
import { showResult } from '../show.ts'
import { runHooks, type HookWorld } from './hooks.ts'
import { hasChanged, type Came, type RunbookStand } from './sitting.ts'
import { stepsIn, type Going } from './steps.ts'

interface Way {
  readonly run: RunId
  readonly title: string
  readonly stand: RunbookStand
  readonly journal: Journal
}

/** What keeps a runbook from its next step. */
interface Stopped {
  readonly exit: Exit
  readonly error?: unknown
  readonly asks?: string
}

/** Goes on with the first step that is not done yet, and from there. What is done stays as it is, whatever comes. */
export async function forward(all: readonly Going[], way: Way): Promise<Came> {
  for (const going of all) {
    if (going.progress === 'verified') continue
    const { number, step } = going
    say(`\n── step ${number} of ${all.length}: ${cleanLine(step.name)}`)
    await way.journal.record({ event: 'stage', number })
    const began = Date.now()
    const stopped = step.zdt === undefined ? await approved(going, way) : await done(going, step.zdt, way)
    if (stopped) return came(going, stopped, way)
    await way.journal.record({ event: 'verified', step: going.id, took: Date.now() - began })
  }
  return { ended: 'done', summary: `${way.title} is done: ${count(all.length, 'step')}` }
}

/** A person's yes. Whoever resumes a run that waits for one has said it. */
async function approved({ id, number, step, progress }: Going, { stand, journal }: Way): Promise<Stopped | undefined> {
  if (progress === 'observed') return undefined
  const question = step.approve ?? step.name
  await journal.record({ event: 'observed', step: id, found: { asks: question } })
  if (stand.flags.yes) return { exit: 'left', asks: question }
  try {
    await askFirst(question, false)
  } catch {
    return { exit: 'left', asks: question }
  }
  await journal.record({ event: 'answer', number, asked: question, answer: 'yes' })
  return undefined
}

async function done(
  going: Going,
  words: readonly string[],
  { run: book, stand, journal }: Way,
): Promise<Stopped | undefined> {
  const { id, number, step } = going
  const isBegun = hasChanged(going)
  const run = isBegun && going.run !== undefined ? going.run : newRunId()
  try {
    const verb = await stand.verbOf(words)
    const hosts = [...new Set(verb.claims(stand.fleet).map(({ host }) => host))]
    const world: HookWorld = { run: book, stepRun: run, number, name: step.name, hosts }
    say(`   ${cleanLine(quote(['zdt', ...words]))}`)
    await journal.record({ event: 'observed', step: id, found: { run } })
    await journal.record({ event: 'applying', step: id })
    if (!isBegun) await runHooks(step.before, 'before', world)
    const exit = going.ended === 'done' ? 'ok' : await carried(verb, { run, isBegun, stand, book })
    if (exit !== 'ok' && exit !== 'lost') return { exit }
    await runHooks(step.after, 'after', world)
    return exit === 'lost' ? { exit } : undefined
  } catch (error) {
    return { exit: asZdtError(error, '').exit, error }
  }
}

interface Own {
  readonly run: RunId
  readonly isBegun: boolean
  readonly stand: RunbookStand
  readonly book: RunId
}

/** Of a step that stopped half-way it is the runbook that is gone on with, or taken back. */
function asPartOf(book: RunId, result: Result): Result {
  if (result.goOnWith === undefined) return result
  const { putBackWith, ...rest } = result
  return {
    ...rest,
    goOnWith: `zdt resume ${book}`,
    ...(putBackWith !== undefined && { putBackWith: `zdt rollback ${book}` }),
  }
}

function carried(verb: Awaited<ReturnType<RunbookStand['verbOf']>>, { run, isBegun, stand, book }: Own): Promise<Exit> {
  const { json } = stand.flags
  const own: RunbookStand = {
    ...stand,
    flags: verb.flags,
    told: (result, ledger) => {
      if (!json) showResult({ result: asPartOf(book, result) }, ledger, { flags: verb.flags })
    },
  }
  return isBegun ? goOn(run, 'resume', own) : verb.conduct(own, run)
}

/** Stopped in the middle, it is left there: the steps that are done stay, and nothing of the others was begun. */
async function came(going: Going, { exit, error, asks }: Stopped, { run, title, stand, journal }: Way): Promise<Came> {
  const now = await stepsIn(await readJournal(run))
  const own = now.find(({ id }) => id === going.id)
  // Of a step that has put itself back, or never began, nothing is owed.
  if (own && own.step.zdt !== undefined && !hasChanged(own))
    await journal.record({ event: 'undone', step: going.id, took: 0 })
  const where = `step ${going.number} of ${now.length} (${cleanLine(going.step.name)})`
  const known = error === undefined ? undefined : asZdtError(error, '')
  if (exit === 'lost') {
    await journal.record({ event: 'verified', step: going.id, took: 0 })
    const summary = `${title}: ${where} is done, but the probe lost more than --max-lost; nothing after it was begun`
    return { ended: 'left', exit, summary }
  }
  const besides = { ...(known && { error: known }) }
  if (asks !== undefined) {
    return {
      ended: 'paused',
      summary: `${title} waits for a yes: ${asks}${stand.flags.yes ? '' : ' (it was not given)'}`,
    }
  }
  if (exit === 'interrupted') return { ended: 'interrupted', exit, summary: `${title} was interrupted in ${where}` }
  if (now.some(hasChanged)) return { ended: 'left', summary: `${title} stopped at ${where}`, ...besides }
  // Nothing is left undone of a step that was not begun.
  const nothing = exit === 'left' ? 'refused' : exit
  return { ended: 'untouched', exit: nothing, summary: `${title} stopped at ${where}; nothing is changed`, ...besides }
}
