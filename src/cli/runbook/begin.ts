import { newRunId, plan, stage, type Plan } from '../../engine/plan.ts'
import type { Runbook, RunbookStep } from '../../fleet/runbook/runbook.ts'
import { asZdtError } from '../../engine/told.ts'
import type { Exit } from '../../lib/exit-codes.ts'
import { ZdtError } from '../../lib/errors.ts'
import { quote } from '../../lib/quote.ts'
import type { HostName } from '../../lib/types.ts'
import { runbookStep } from '../../steps/runbook-step.ts'
import { clean, cleanLine } from '../../views/clean.ts'
import { errorText } from '../../views/error-text.ts'
import { jsonText } from '../../views/json.ts'
import { pageFor } from '../../views/page.ts'
import { runbookText } from '../../views/runbook-text.ts'
import { askFirst } from '../ask-first.ts'
import { operatorName } from '../operator-name.ts'
import { refuseWithoutTerminal } from '../refuse-without-terminal.ts'
import { say } from '../say.ts'
import type { Carried } from '../zdt-command.ts'
import { forward } from './forward.ts'
import { refuseMissing } from './hooks.ts'
import { sitOn, type RunbookStand } from './sitting.ts'
import { stepsIn } from './steps.ts'

/**
 * Runs a runbook: every verb of it is checked before anything is run; then step by step, each a run of its own with its
 * locks, plan, proof and way back. Returns the exit code's name.
 */
export async function beginRunbook(book: Runbook, stand: RunbookStand): Promise<Exit> {
  const { flags, fleet } = stand
  const verbs = await Promise.all(book.steps.map((step, index) => checked(step, index, { book, stand })))
  const own = planOf(book, verbs, stand)
  refuseWithoutTerminal(flags, { mayRunDry: true })
  if (flags['dry-run'] && flags.json) {
    process.stdout.write(jsonText({ title: book.title, steps: book.steps }))
    return 'ok'
  }
  if (flags['dry-run']) return dryRun(book, verbs, stand)
  const steps = book.steps.map((step, index) => ({ number: index + 1, step }))
  say(runbookText(book.title, steps, pageFor(process.stderr)))
  await askFirst(`Run these ${book.steps.length} steps?`, flags.yes)
  const who = { operator: operatorName(), pid: process.pid, fleet: fleet.name }
  return sitOn(
    own,
    { event: 'run', plan: own, ...who },
    {
      mode: 'new',
      flags,
      work: async (journal) => {
        const begun = { at: Date.now(), event: 'run', plan: own, ...who } as const
        return forward(await stepsIn([begun]), { run: own.id, title: own.title, stand, journal })
      },
    },
  )
}

interface Of {
  readonly book: Runbook
  readonly stand: RunbookStand
}

/** The names that a verb wants are in zdt.yaml, its words are right. Throws, naming the step. */
async function checked(
  { name, zdt, before, after }: RunbookStep,
  index: number,
  { book, stand }: Of,
): Promise<Carried | undefined> {
  if (zdt === undefined) return undefined
  try {
    const verb = await stand.verbOf(zdt)
    verb.claims(stand.fleet)
    await refuseMissing([...before, ...after])
    return verb
  } catch (error) {
    const { message, code, exit, suggestions } = asZdtError(error, '')
    throw new ZdtError(`${book.title}, step ${index + 1} (${name}): ${message}`, {
      code,
      exit,
      suggestions,
      cause: error,
    })
  }
}

/** Who is touched is told by each step's own run; here the first of them stands for all. */
function planOf(book: Runbook, verbs: readonly (Carried | undefined)[], { fleet }: RunbookStand): Plan {
  const any = [...fleet.hosts.keys()][0] as HostName
  return plan(
    `runbook ${book.title}`,
    fleet.digest,
    book.steps.map((step, index) => {
      const [claim] = verbs[index]?.claims(fleet) ?? []
      return stage(step.name, [runbookStep.at(claim?.host ?? any, step)])
    }),
    newRunId(),
  )
}

/** Each step's own dry run, as the fleet is now: one that builds on those before it may be refused here. */
async function dryRun(
  { steps, title }: Runbook,
  verbs: readonly (Carried | undefined)[],
  stand: RunbookStand,
): Promise<Exit> {
  for (const [index, { name, zdt, approve, before, after }] of steps.entries()) {
    const words = zdt === undefined ? `asks: ${approve ?? name}` : quote(['zdt', ...zdt])
    const hooks = (which: string, all: typeof before) => all.map(({ argv }) => `  ${which}: ${clean(quote(argv))}\n`)
    process.stdout.write(`\n── step ${index + 1} of ${steps.length}: ${cleanLine(name)}\n   ${cleanLine(words)}\n`)
    process.stdout.write(hooks('before', before).join(''))
    const verb = verbs[index]
    try {
      if (verb) await verb.conduct({ ...stand, flags: verb.flags }, newRunId())
    } catch (error) {
      const known = asZdtError(error, '')
      if (known.exit === 'bug') throw error
      process.stdout.write(`As the fleet is now, which the steps before it change:\n`)
      process.stdout.write(errorText(known, pageFor(process.stdout)))
    }
    process.stdout.write(hooks('after', after).join(''))
  }
  process.stdout.write(`\nDry run of ${title}: nothing was touched, and no hook was run.\n`)
  return 'ok'
}
