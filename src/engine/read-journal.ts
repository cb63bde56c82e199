import { readdir, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, parse } from 'node:path'
import { ZdtError } from '../lib/errors.ts'
import type { RunId } from '../lib/types.ts'
import type { Event } from './events.ts'

/** Where this machine keeps its journals: one NDJSON file a run. */
export function runsDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'zdt', 'runs')
}

/** The runs that this machine has journals of, in no order; those alone that were written on since then. */
export async function listRuns({ since = 0, directory = runsDirectory() } = {}): Promise<RunId[]> {
  const names = await readdir(directory).catch(() => [])
  const runs = names.filter((name) => /^[0-9A-Z]{1,32}\.ndjson$/.test(name)).map((name) => parse(name).name as RunId)
  if (since === 0) return runs
  const written = await Promise.all(runs.map((run) => stat(join(directory, `${run}.ndjson`)).catch(() => undefined)))
  return runs.filter((_, index) => (written[index]?.mtimeMs ?? 0) >= since)
}

/** All that is kept of a run. Lines cut short by a crash are left out. Throws when there is no such run. */
export async function readJournal(id: string, directory = runsDirectory()): Promise<Event[]> {
  return eventsIn(await journalText(id, directory))
}

/** The same, as it is on the disk. */
export async function journalText(id: string, directory = runsDirectory()): Promise<string> {
  // A name reaches a path here: nothing but a run's own letters may.
  const file = /^[0-9A-Z]+$/.test(id.toUpperCase()) ? `${id.toUpperCase()}.ndjson` : 'none'
  return await readFile(join(directory, file), 'utf8').catch((cause: unknown) => {
    throw unknownRun(id, cause)
  })
}

/** The events in a journal's text. A line that a process died on is none, wherever another went on after it. */
export function eventsIn(text: string): Event[] {
  return linesIn(text).map(({ event }) => event)
}

/** Those lines of it that are events, and what they say. */
export function linesIn(text: string): { readonly line: string; readonly event: Event }[] {
  return text.split('\n').flatMap((line) => {
    try {
      const event = JSON.parse(line) as Partial<Event> | null
      return typeof event?.event === 'string' ? [{ line, event: event as Event }] : []
    } catch {
      return []
    }
  })
}

/** This machine has no journal of it. */
export function unknownRun(id: string, cause: unknown): ZdtError {
  return new ZdtError(`there is no run ${id} on this machine`, {
    code: 'unknown-run',
    exit: 'usage',
    suggestions: ['zdt runs'],
    cause,
  })
}
