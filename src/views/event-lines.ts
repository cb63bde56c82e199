import type { Event, Told } from '../engine/events.ts'
import { formatDuration } from '../lib/durations.ts'
import { assertNever } from '../lib/types.ts'
import { clean, cleanLine } from './clean.ts'
import { foundWords } from './found-words.ts'
import { pad } from './lines.ts'
import { lookUp, type PlanLookup } from './plan-lookup.ts'
import type { Describe } from './plan-text.ts'
import type { Paint } from './paint.ts'
import { cutWords } from './cut-words.ts'
import { clockTime } from './times.ts'
import { makeWaitTeller } from './wait-lines.ts'
import { askingText, wordText } from './word-text.ts'

/** How a decision reads in a log. */
const decided: Readonly<Record<string, string>> = {
  yes: 'go on',
  retry: 'try again',
  wait: 'wait on',
  force: 'force it',
  leave: 'leave it',
  pause: 'pause',
  'put-back': 'put back',
  'look-again': 'look again',
  done: 'take it for done',
  'not-done': 'take it for not done',
}

/**
 * Tells a run's events as lines of a log, in the order in which they come; an event that says nothing new gives no line.
 * The first event must be the `run`. With `findings` also what each step found before it changed anything.
 */
export function makeEventTeller(
  describe: Describe,
  paint: Paint,
  { findings = false }: { readonly findings?: boolean } = {},
): (event: Event) => string[] {
  let lookup: PlanLookup | undefined
  let column = 0
  const waits = makeWaitTeller()
  const line = (at: number, who: string, text: string) => `${paint.dim(clockTime(at))} ${pad(who, column)}   ${text}`
  const about = (at: number, id: string, text: string, quiet = false): string[] => {
    const place = lookup?.step(id)
    const title = place && !quiet ? ` ${place.title}` : ''
    return [line(at, place?.step.host ?? '', `step ${place?.of ?? id}${title} ${text}`)]
  }
  const wrong = (at: number, id: string, head: string, error: Told): string[] => [
    ...about(at, id, paint.red(`✖ ${head}${cleanLine(error.message)}`)),
    ...clean(error.said ?? '')
      .split('\n')
      .filter((said) => said.trim() !== '')
      .flatMap((said) => about(at, id, `said: ${said.trim()}`, true)),
  ]

  return (event) => {
    const { at } = event
    switch (event.event) {
      case 'run': {
        lookup = lookUp(event.plan, describe)
        column = Math.max(0, ...event.plan.stages.flatMap(({ steps }) => steps.map(({ host }) => host.length)))
        const { id, title } = event.plan
        return [`${paint.dim(clockTime(at))} run ${paint.bold(id)} ${cleanLine(title)} by ${cleanLine(event.operator)}`]
      }
      case 'resumed':
      case 'rolling-back':
      case 'adopted': {
        const what = { resumed: 'resumed', 'rolling-back': 'is rolled back', adopted: 'taken over' }[event.event]
        return [`${paint.dim(clockTime(at))} run ${lookup?.plan.id ?? ''} ${what} by ${cleanLine(event.operator)}`]
      }
      case 'odd':
        return [
          ...about(at, event.step, `${paint.yellow('⚠')} neither as the run leaves it nor as it found it`),
          ...event.notAfter.flatMap((why) =>
            about(at, event.step, `not as the run leaves it: ${cleanLine(why)}`, true),
          ),
          ...event.notBefore.flatMap((why) =>
            about(at, event.step, `not as the run found it: ${cleanLine(why)}`, true),
          ),
        ]
      case 'word':
        return [`${paint.dim(clockTime(at))} run ${lookup?.plan.id ?? ''} ${paint.yellow(wordText(event))}`]
      case 'asking':
        return [line(at, '', paint.yellow(askingText(event, lookup?.plan.id ?? 'RUN')))]
      case 'stage':
      case 'stage-end':
        return []
      case 'answer':
        if (event.asked === 'run' && event.answer === 'yes') return []
        return [
          line(
            at,
            '',
            `step ${event.number}/${lookup?.plan.stages.at(-1)?.number ?? '?'} decided: ${event.words ?? decided[event.answer] ?? event.answer}`,
          ),
        ]
      case 'observed':
        return findings
          ? about(at, event.step, paint.dim(`found ${short(cleanLine(foundWords(event.found)))}`), true)
          : []
      case 'already':
        return about(at, event.step, `${paint.green('✔')} already so`)
      case 'applying':
        return about(at, event.step, '…')
      case 'waiting':
        return waits.tell(event).flatMap((text) => about(at, event.step, text))
      case 'output':
        return event.lines.flatMap((text) => about(at, event.step, `│ ${cleanLine(text)}`, true))
      case 'verified':
        waits.forget(event.step)
        return about(at, event.step, `${paint.green('✔')} ${event.foundSo ? 'found done' : formatDuration(event.took)}`)
      case 'failed':
        return wrong(at, event.step, `${formatDuration(event.took)}: `, event.error)
      case 'timed-out': {
        waits.forget(event.step)
        const text = `${paint.yellow('⚠')} time is over after ${formatDuration(event.took)}; awaited: ${cleanLine(event.awaiting.join('; '))}`
        return about(at, event.step, text)
      }
      case 'forced':
        return about(at, event.step, `${paint.yellow('⚠')} forced`)
      case 'cut':
        return about(at, event.step, `${paint.yellow('⚠')} ${cutWords([event.cut])}`)
      case 'left-out':
        return about(at, event.step, `${paint.yellow('⚠')} ${cleanLine(event.lot)} is left out; the others go on`)
      case 'undoing':
        return about(at, event.step, '↩ putting back …')
      case 'undone':
        return about(at, event.step, `${paint.yellow('↩')} ${undoneWords(event)}`)
      case 'undo-failed':
        return wrong(at, event.step, 'not put back: ', event.error)
      case 'end':
        return [
          `${paint.dim(clockTime(at))} run ${lookup?.plan.id ?? ''} ended: ${event.ended}`,
          ...event.left.map((command) => line(at, '', `to put back by hand: ${clean(command)}`)),
        ]
      default:
        return assertNever(event)
    }
  }
}

/** All that a step found is told by `--json`: a daemon's whole picture would be a page. */
function short(words: string): string {
  const most = 300
  return words.length <= most ? words : `${words.slice(0, most)} … (all of it: --json)`
}

function undoneWords({ foundSo, stays, took }: Extract<Event, { event: 'undone' }>): string {
  if (stays) return 'mended, and stays so'
  return foundSo ? 'found as it was' : `put back ${formatDuration(took)}`
}
