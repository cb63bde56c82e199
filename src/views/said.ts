import type { Told } from '../engine/events.ts'
import { clean } from './clean.ts'
import { wrap } from './lines.ts'
import type { Page } from './page.ts'

/** The daemon's or the system's own words, as many lines as it spoke, each under the first. */
export function saidLines({ said }: Pick<Told, 'said'>, { width }: Page, indent = '  '): string[] {
  const lines = clean(said ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const lead = `${indent}said: `
  return lines.flatMap((line, index) => {
    const start = index === 0 ? lead : ' '.repeat(lead.length)
    return wrap(line.trim(), width, start, ' '.repeat(lead.length + 2))
  })
}

/** What to type or do next, one a line. */
export function nextLines({ suggestions = [] }: Pick<Told, 'suggestions'>, { paint }: Page): string[] {
  return suggestions.map((suggestion, index) => `  ${index === 0 ? paint.dim('Next:') : '     '} ${clean(suggestion)}`)
}
