import type { Event, Told } from '../engine/events.ts'
import type { Stage } from '../engine/plan.ts'
import { formatDuration } from '../lib/durations.ts'
import { cleanLine } from './clean.ts'
import { beside, names, pad, widthOf, wrap } from './lines.ts'
import { legible, type Page } from './page.ts'
import { stageHosts } from './plan-text.ts'
import { saidLines } from './said.ts'

/** An event of one step. */
export type StepEvent = Extract<Event, { readonly step: string }>

/** A stage's lines as they stand now, or as they stay. */
export interface StageTale {
  take(event: StepEvent): void
  /** The stage is done. Its line may be young: after a question a stage goes on in a new one, which saw only the rest. */
  done(): void
  /** While it goes on: elapsed time, and who is still awaited. */
  live(now: number, page: Page): string
  /** When it is over, or when nothing more is heard of it: a mark, and what stays on the screen. */
  final(at: number, page: Page): { readonly mark: Mark; readonly text: string }
}

export type Mark = '✔' | '✖' | '⚠' | '↩'

interface StepState {
  host: string
  last: StepEvent
}

const shown = 8

/** Follows a stage that runs, or one that is being put back, from `since` on. */
export function makeStageTale(stage: Stage, going: 'forth' | 'back', since: number): StageTale {
  const states = new Map<string, StepState>()
  const said: string[] = []
  let finished = false
  const hostOf = (id: string) => stage.steps.find((step) => step.id === id)?.host ?? ''
  const latest = <E extends StepEvent['event']>(...wanted: readonly E[]) =>
    [...states.values()].filter((state): state is { host: string; last: Extract<StepEvent, { event: E }> } =>
      (wanted as readonly string[]).includes(state.last.event),
    )

  function head(before: string, right: string, { width, paint }: Page): string[] {
    const seen = new Set([...states.values()].map(({ host }) => host))
    const hosts = stageHosts(stage).filter((host) => going === 'forth' || seen.has(host))
    const title = cleanLine(stage.title)
    const named = hosts.every((host) => title.split(/[\s,]+/).includes(host))
    const on = named ? '' : ` · ${names(hosts, 30)}`
    const left = wrap(`${before}${title}${on}`, width, `${stage.number}  `)
    return beside(left, right === '' ? '' : paint.dim(right), width, '   ')
  }

  return {
    take(event) {
      if (event.event === 'output') said.splice(0, said.length, ...[...said, ...event.lines].slice(-shown))
      else states.set(event.step, { host: hostOf(event.step), last: event })
    },
    done() {
      finished = true
    },
    live(now, page) {
      const waits = latest('waiting')
      const timeout = Math.max(0, ...waits.map(({ last }) => last.timeout))
      const elapsed = now - since
      const right =
        timeout > 0
          ? `${formatDuration(elapsed)} of ${formatDuration(timeout)}`
          : elapsed < 1000
            ? ''
            : formatDuration(elapsed)
      const lines = [
        ...head(going === 'back' ? 'putting back: ' : '', right, page),
        ...saying(said, page),
        ...awaitingLines(
          waits.map(({ host, last }) => ({ host, awaiting: last.awaiting })),
          page,
        ),
      ]
      return legible(lines.join('\n'), page)
    },
    final(at, page) {
      const took = formatDuration(at - since)
      const failed = [...latest('failed', 'undo-failed')].map(({ host, last }) => ({ host, error: last.error }))
      const late = latest('timed-out', 'waiting').map(({ host, last }) => ({ host, awaiting: last.awaiting }))
      const told = (mark: Mark, lines: readonly string[]) => ({ mark, text: legible(lines.join('\n'), page) })
      if (failed.length > 0) {
        const before = going === 'back' ? 'not put back: ' : ''
        return told('✖', [
          ...head(before, took, page),
          ...saying(said, page),
          ...failed.flatMap((one) => errorLines(one, page)),
        ])
      }
      if (going === 'back') {
        const lasts = [...states.values()].map(({ last }) => last)
        const undone = lasts.length > 0 && lasts.every(({ event }) => event === 'undone')
        const stays = undone && lasts.every((last) => last.event === 'undone' && last.stays)
        return undone
          ? told('↩', head(stays ? 'stays so: ' : 'put back: ', took, page))
          : told('⚠', head('not put back yet: ', took, page))
      }
      const out = latest('left-out').map(({ host, last }) => ({ host, lot: last.lot, error: last.error }))
      if (out.length > 0) return told('⚠', [...head('', took, page), ...out.flatMap((one) => leftOutLines(one, page))])
      if (late.length > 0) {
        const over = latest('timed-out').length > 0 ? 'time is over: ' : ''
        return told('⚠', [...head(over, took, page), ...awaitingLines(late, page)])
      }
      if (!finished) return told('⚠', [...head('not finished: ', took, page), ...saying(said, page)])
      const already = latest('already').length === stage.steps.length
      return told('✔', [...head('', already ? 'already so' : took, page), ...saying(said, page)])
    },
  }
}

function awaitingLines(waits: readonly { host: string; awaiting: readonly string[] }[], { width }: Page): string[] {
  const column = Math.max(0, ...waits.map(({ host }) => widthOf(host)))
  const all = waits.flatMap(({ host, awaiting }) =>
    awaiting.map((line) => ({ host, line: withoutHost(cleanLine(line), host) })),
  )
  const lines = all.slice(0, shown).flatMap(({ host, line }) => wrap(line, width, `   ${pad(host, column)}  `))
  return all.length > shown ? [...lines, `   … and ${all.length - shown} more`] : lines
}

/** The last that a command has said; a pipeline gets all of it. */
function saying(said: readonly string[], { width, paint }: Page): string[] {
  return said.flatMap((line) => wrap(cleanLine(line), width, '   │ ')).map(paint.dim)
}

/** The host is in front of it already. */
function withoutHost(line: string, host: string): string {
  return line.startsWith(`${host} `) ? line.slice(host.length).trimStart() : line
}

function leftOutLines({ lot, ...why }: { lot: string; host: string; error: Told }, page: Page): string[] {
  return [`   ${cleanLine(lot)} is left out; the others go on`, ...errorLines(why, page)]
}

function errorLines({ host, error }: { host: string; error: Told }, page: Page): string[] {
  const message = cleanLine(error.message)
  const who = message.includes(host) ? '' : `${host}: `
  return [...wrap(who + message, page.width, '   ', '     '), ...saidLines(error, page, '   ')]
}
