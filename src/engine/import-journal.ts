import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunId } from '../lib/types.ts'
import { runsDirectory } from './journal.ts'

/** Keeps the journal of another machine's run here, line by line as it was. Rejects with EEXIST when there is one. */
export async function importJournal(id: RunId, lines: readonly string[], directory = runsDirectory()): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await write(join(directory, `${id}.ndjson`), 'ax', lines)
}

/**
 * What another copy of a run's journal tells beyond this one. This one may have lines of its own: a zdt whose run was
 * adopted wrote down how it ended, and could tell no host. No two lines are the same: each has its time.
 */
export function linesBeyond(own: readonly string[], other: readonly string[]): readonly string[] {
  const known = new Set(own)
  return other.filter((line) => !known.has(line))
}

/** Adds lines that another machine has written to a run of which the journal is here too. */
export async function importLines(id: RunId, lines: readonly string[], directory = runsDirectory()): Promise<void> {
  // A line that a crash cut short must not swallow the first of these.
  await write(join(directory, `${id}.ndjson`), 'a', ['', ...lines])
}

async function write(file: string, flags: 'ax' | 'a', lines: readonly string[]): Promise<void> {
  const handle = await open(file, flags, 0o600)
  try {
    await handle.appendFile(lines.map((line) => `${line}\n`).join(''))
    await handle.datasync()
  } finally {
    await handle.close()
  }
}
