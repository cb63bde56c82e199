import type { Event } from '../../engine/events.ts'
import { endedOf } from '../../engine/history.ts'
import { readJournal } from '../../engine/read-journal.ts'
import { hasEndedHere } from '../../hosts/lease/own-process.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { Exit } from '../../lib/exit-codes.ts'
import { when } from '../../lib/when.ts'
import { pageFor } from '../../views/page.ts'
import { runbookText } from '../../views/runbook-text.ts'
import { askFirst } from '../ask-first.ts'
import { goOn } from '../go-on.ts'
import { operatorName } from '../operator-name.ts'
import { refuseWithoutTerminal } from '../refuse-without-terminal.ts'
import { say } from '../say.ts'
import { forward } from './forward.ts'
import { hasChanged, sitOn, type RunbookStand } from './sitting.ts'
import { stepsIn } from './steps.ts'
import { takeBack } from './take-back.ts'

interface Asked {
  readonly begun: Extract<Event, { event: 'run' }>
  readonly events: readonly Event[]
  readonly way: 'resume' | 'rollback'
  readonly stand: RunbookStand
}

/** Goes on with a runbook that was begun, as it was begun, whatever its file says by now; or takes its steps back. */
export async function goOnRunbook({ begun, events, way, stand }: Asked): Promise<Exit> {
  const { plan } = begun
  const { id, title } = plan
  const { flags } = stand
  await refuseAtWork(id, events)
  const all = await stepsIn(events)
  const ahead =
    way === 'resume' ? all.filter(({ progress }) => progress !== 'verified') : all.filter(hasChanged).toReversed()
  if (way === 'resume') refuseOver(id, title, events)
  if (way === 'rollback' && ahead.length === 0) {
    process.stdout.write(`run ${id} (${title}) has nothing to take back\n`)
    return 'ok'
  }
  refuseWithoutTerminal(flags, { mayRunDry: true })
  const page = pageFor(flags['dry-run'] ? process.stdout : process.stderr)
  const head = `run ${id}: ${title}, begun ${when(begun.at)} by ${begun.operator}; ${way === 'resume' ? 'ahead are' : 'to be taken back are'}`
  // Hooks have no way back.
  const shown = ahead.map(({ number, step }) => ({
    number,
    step: way === 'resume' ? step : { ...step, before: [], after: [] },
  }))
  const text = runbookText(head, shown, page)
  if (flags['dry-run']) {
    process.stdout.write(`${text}\n`)
    const beside = new Set(all.flatMap((one) => (one.run === undefined ? [] : [one.run])))
    for (const { number, run } of way === 'rollback' ? ahead : []) {
      process.stdout.write(`\n── back from step ${number}\n`)
      if (run !== undefined) await goOn(run, way, stand, { beside })
    }
    if (way === 'resume') process.stdout.write('Dry run: nothing was touched.\n')
    return 'ok'
  }
  say(text)
  await askFirst(way === 'resume' ? 'Go on with it?' : 'Take back what these have done, the last first?', flags.yes)
  await refuseGoneOn(id, events)
  const event = way === 'resume' ? 'resumed' : 'rolling-back'
  return sitOn(
    plan,
    { event, operator: operatorName(), pid: process.pid },
    {
      mode: 'append',
      flags,
      work: (journal) =>
        way === 'resume' ? forward(all, { run: id, title, stand, journal }) : takeBack(all, { title, stand, journal }),
    },
  )
}

/** A runbook has no lock of its own: its steps have. Two processes on one would still be one too many. */
async function refuseAtWork(id: string, events: readonly Event[]): Promise<void> {
  const last = events.findLast(({ event }) => ['run', 'resumed', 'rolling-back'].includes(event))
  const named = last && 'process' in last ? last.process : undefined
  if (endedOf(events) !== undefined || named === undefined || (await hasEndedHere(named))) return
  throw new ZdtError(`run ${id} is at work`, {
    code: 'at-work',
    exit: 'locked',
    suggestions: ['zdt runs   # which of its steps that is', `zdt runs show ${id}`],
  })
}

/** While this was asked, another process may have begun to work on it: what was shown is no longer what is ahead. */
export async function refuseGoneOn(id: string, events: readonly Event[]): Promise<void> {
  if ((await readJournal(id)).length === events.length) return
  throw new ZdtError(`run ${id} was gone on with meanwhile: nothing was done by this one`, {
    code: 'gone-on',
    exit: 'locked',
    suggestions: [`zdt runs show ${id}   # how far it is now`],
  })
}

function refuseOver(id: string, title: string, events: readonly Event[]): void {
  const ended = endedOf(events)
  if (ended !== 'put-back' && ended !== 'done') return
  throw new ZdtError(
    `run ${id} (${title}) ${ended === 'done' ? 'is done' : 'was put back'}: there is nothing to go on with`,
    {
      code: 'was-put-back',
      exit: 'refused',
      suggestions: [`zdt runs show ${id}   # what became of it`],
    },
  )
}
