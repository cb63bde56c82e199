import type { Cut } from '../engine/step-kind.ts'
import { cleanLine } from './clean.ts'
import { count } from './lines.ts'

const named = 5

/** `2 sessions were shut`. */
export function cutCount(cuts: readonly Cut[]): string {
  const things = [...new Set(cuts.map(({ thing }) => thing))]
  const all = things.map((thing) => ({
    thing,
    number: cuts.filter((cut) => cut.thing === thing).reduce((sum, cut) => sum + cut.count, 0),
  }))
  const some = all.filter(({ number }) => number > 0)
  if (some.length === 0) return `no ${things.join(' and no ')} was left to shut`
  const alone = some.length === 1 && some[0]?.number === 1
  return `${some.map(({ number, thing }) => count(number, thing)).join(' and ')} ${alone ? 'was' : 'were'} shut`
}

/** `2 sessions were shut: 10.77.0.1:53044 on lb1, 10.77.0.1:53050 on lb2`. */
export function cutWords(cuts: readonly Cut[]): string {
  const who = cuts.flatMap((cut) => cut.who).map(cleanLine)
  const more = cuts.reduce((sum, cut) => sum + cut.count, 0) - Math.min(named, who.length)
  const words = [...who.slice(0, named), ...(more > 0 ? [`and ${more} more`] : [])]
  return [cutCount(cuts), ...(words.length > 0 ? [words.join(', ')] : [])].join(': ')
}
