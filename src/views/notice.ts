import type { Event } from '../engine/events.ts'
import type { Result } from '../engine/result.ts'
import { cleanLine } from './clean.ts'
import type { PlanLookup } from './plan-lookup.ts'

/** What a webhook is told of a run. */
export interface Notice {
  readonly event: 'start' | 'asking' | 'gate' | 'pause' | 'end'
  /** In an operator's words. */
  readonly text: string
  /** Of `gate`: whether the step has passed. */
  readonly passed?: boolean
  /** Of `pause` and `end`: how it came out, and zdt's exit code. */
  readonly ended?: string
  readonly exit?: number
  /** Requests that the probe has lost, where one was kept. */
  readonly lost?: number
}

/** Steps that judge a version while it serves. */
const judges: ReadonlySet<string> = new Set(['gate.pass', 'haproxy.watch-seats', 'upstream.watch-answers'])

/** What is told of an event; most are nobody's business but the journal's. */
export function noticeOf(event: Event, lookup: PlanLookup): Notice | undefined {
  switch (event.event) {
    case 'run':
      return { event: 'start', text: `started by ${cleanLine(event.operator)}` }
    case 'resumed':
      return { event: 'start', text: `resumed by ${cleanLine(event.operator)}` }
    case 'rolling-back':
      return { event: 'start', text: `rolled back by ${cleanLine(event.operator)}` }
    case 'asking':
      return {
        event: 'asking',
        text: `step ${event.number}: ${cleanLine(event.question)} zdt promote ${lookup.plan.id}`,
      }
    case 'output': {
      const place = lookup.step(event.step)
      if (!place || !judges.has(place.step.kind)) return undefined
      return { event: 'gate', passed: true, text: `step ${place.of}: ${event.lines.map(cleanLine).join(' ')}` }
    }
    case 'failed': {
      const place = lookup.step(event.step)
      if (!place || !judges.has(place.step.kind)) return undefined
      return { event: 'gate', passed: false, text: `step ${place.of} failed: ${cleanLine(event.error.message)}` }
    }
    default:
      return undefined
  }
}

/** What is told at the end, or when it stops where a person is needed. */
export function lastNotice({ ended, exit, summary, probe }: Result): Notice {
  const lost = (probe as { readonly total?: { readonly lost?: number } } | undefined)?.total?.lost
  const stopped = ended === 'paused' || ended === 'interrupted' || ended === 'left'
  return {
    event: stopped ? 'pause' : 'end',
    text: cleanLine(summary),
    ended,
    exit,
    ...(lost !== undefined && { lost }),
  }
}
