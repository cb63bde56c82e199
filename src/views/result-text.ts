import type { Ended } from '../engine/outcome.ts'
import type { Told } from '../engine/events.ts'
import type { Result } from '../engine/result.ts'
import { clean, cleanLine } from './clean.ts'
import { cutWords } from './cut-words.ts'
import { beside, pad, wrap } from './lines.ts'
import { finish, type Page } from './page.ts'
import type { Paint } from './paint.ts'
import { nextLines, saidLines } from './said.ts'

/**
 * The last lines of a run: what is true now, what was lost, what is left to do, and how to take it back. `probe` is the
 * ledger as `ledgerText` tells it.
 */
export function resultText(result: Result, page: Page, probe = ''): string {
  const { paint, width } = page
  const { mark, colour } = look(result, paint)
  const exit = result.exit === 0 ? '' : `exit ${result.exit}`
  const headline = beside(wrap(cleanLine(result.summary), width, `${mark} `), exit, width, '  ')
  const known = result.error && result.summary.includes(result.error.message)
  const body = [
    ...(result.error && !known ? messageLines(result.error.message, width) : []),
    ...saidLines(result.error ?? {}, page),
    ...(result.forced && result.forced.length > 0
      ? wrap(cutWords(result.forced), width, '  ⚠ ').map(paint.yellow)
      : []),
    ...(result.leftOut ?? []).flatMap(({ lot, error }) => leftOutLines(lot, error, page)),
    ...(result.ended === 'untouched' ? ['  Nothing was changed.'] : []),
    ...(result.meanwhile === undefined ? [] : wrap(cleanLine(result.meanwhile), width, '  ')),
    ...leftToDo(result, paint),
    ...nextLines(result.error ?? {}, page),
  ]
  return finish([...headline.map(colour), ...body], page) + probe + finish(references(result, page), page)
}

/** Who failed by itself, and why. */
function leftOutLines(lot: string, error: Told, page: Page): string[] {
  const host = error.host === undefined || error.message.includes(error.host) ? '' : `${error.host}: `
  return [...messageLines(`${lot} was left out: ${host}${error.message}`, page.width), ...saidLines(error, page)]
}

/** What is said in several lines, such as who is still awaited, stays in lines, under the first after its colon. */
function messageLines(message: string, width: number): string[] {
  const [first = '', ...more] = clean(message).split('\n')
  const colon = first.indexOf(': ')
  const under = colon === -1 || colon > width / 3 ? 2 : colon + 2
  return [first, ...more.map((line) => ' '.repeat(under) + line)].flatMap((line) =>
    wrap(line, width, '  ', ' '.repeat(colon === -1 ? 5 : under + 4)),
  )
}

function look(
  { ended, error, exit }: Result,
  { green, red, yellow }: Paint,
): { mark: string; colour: (text: string) => string } {
  const marks: { readonly [each in Ended]: string } = {
    // Done, but the probe lost more than it may.
    done: exit === 0 ? '✔' : '⚠',
    already: '✔',
    untouched: error ? '✖' : '↩',
    'put-back': error ? '✖' : '↩',
    left: '✖',
    paused: '⚠',
    interrupted: '⚠',
  }
  const mark = marks[ended]
  return { mark, colour: mark === '✔' ? green : mark === '✖' ? red : yellow }
}

function leftToDo({ run, left, goOnWith, putBackWith, error }: Result, { bold, dim }: Paint): string[] {
  const byCommand = [
    ...(goOnWith ? [`  ${dim('go on with')}   ${goOnWith}`] : []),
    ...(putBackWith ? [`  ${pad(dim('undo with'), 10)}   ${putBackWith}`] : []),
  ]
  if (left.length === 0) return goOnWith ? byCommand : []
  const over = error?.code === 'odd-world' ? 'over what somebody else has changed, ' : ''
  return [
    ...byCommand,
    bold(`  ${putBackWith ? 'or put back by hand,' : 'to put back what is left, by hand and'} ${over}in this order:`),
    ...left.slice(0, most).map((command, index) => `  ${index + 1}. ${clean(command).replaceAll('\n', '\n     ')}`),
    ...(left.length > most ? [`  … and ${left.length - most} more: zdt runs show ${run}`] : []),
  ]
}

/** A longer list would take what is above it, and is more to be typed than anybody will, off the screen. */
const most = 12

/** Where to read on, or how to take it back; and the run's name, to be read aloud. */
function references({ run, exit, ended, putBackWith }: Result, { paint, width }: Page): string[] {
  if (ended === 'already') return []
  if (exit !== 0 || putBackWith === undefined) return [`  ${pad(paint.dim('log'), 6)} zdt runs show ${run}`]
  return beside([`  ${paint.dim('undo with')}   ${putBackWith}`], paint.dim(`run ${run}`), width, '  ')
}
