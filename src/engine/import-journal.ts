import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunId } from '../lib/types.ts'
import type { Event } from './events.ts'
import { journalRefused } from './journal.ts'
import { eventsIn, runsDirectory } from './read-journal.ts'

/**
 * Keeps these lines as the journal of a run, in one move, in place of one that may be here. To be called where nobody writes on
 * it. Throws, exit `refused`, when none can be kept.
 */
export async function importJournal(id: RunId, lines: readonly string[], directory = runsDirectory()): Promise<void> {
  const file = join(directory, `${id}.ndjson`)
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await write(`${file}.new`, lines)
    await rename(`${file}.new`, file)
  } catch (cause) {
    throw journalRefused(directory, cause)
  }
}

/** One journal of all its copies. */
export interface Merged {
  readonly lines: readonly string[]
  readonly events: readonly Event[]
  /** What the own copy did not have. */
  readonly news: readonly Event[]
}

/** One journal of this machine's copy and those of others, however many lines each of them lacks. */
export function mergedCopies(own: readonly string[], others: readonly (readonly string[])[]): Merged {
  const lines = others.toSorted((a, b) => b.length - a.length).reduce(mergedLines, own)
  const mine = new Set(own)
  const [events, news] = [lines, lines.filter((line) => !mine.has(line))].map((some) => eventsIn(some.join('\n')))
  return { lines, events: events ?? [], news: news ?? [] }
}

/**
 * One journal of two copies, each line once and in its place. This one may have lines of its own: a zdt whose run was adopted
 * wrote down how it ended, and could tell no host; they come before what was written on elsewhere. And it may lack some in
 * its middle, where a disk was damaged. No two lines are the same: each has its time.
 */
function mergedLines(own: readonly string[], other: readonly string[]): readonly string[] {
  const place = new Map(own.map((line, index) => [line, index]))
  const lastCommon = other.findLastIndex((line) => place.has(line))
  const lines: string[] = []
  let next = 0
  for (const line of other.slice(0, lastCommon + 1)) {
    const index = place.get(line)
    if (index === undefined) lines.push(line)
    else if (index >= next) {
      lines.push(...own.slice(next, index + 1))
      next = index + 1
    }
  }
  return [...lines, ...own.slice(next), ...other.slice(lastCommon + 1)]
}

async function write(file: string, lines: readonly string[]): Promise<void> {
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.appendFile(lines.map((line) => `${line}\n`).join(''))
    await handle.datasync()
  } finally {
    await handle.close()
  }
}
