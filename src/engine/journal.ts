import { Buffer } from 'node:buffer'
import { constants } from 'node:fs'
import { mkdir, open, stat, statfs, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { ZdtError } from '../lib/errors.ts'
import type { RunId } from '../lib/types.ts'
import type { Event, Record } from './events.ts'
import { runsDirectory, unknownRun } from './read-journal.ts'

/** A run's journal: what matters is on disk before anybody is told of it, and before it is done. */
export interface Journal {
  readonly record: Record
  /** What says that another zdt of this machine writes it now; undefined where none does. */
  takenOver(): Promise<ZdtError | undefined>
  close(): Promise<void>
}

/** What passes: told, and kept nowhere. */
export const unkept: ReadonlySet<Event['event']> = new Set(['waiting', 'output'])

/** Whether a run begins, or goes on in the journal that is there. */
export type JournalMode = 'new' | 'append'

/**
 * Opens a run's journal and passes each event on to `tell` once it is kept. Throws, exit `refused`, when none can be kept
 * or the disk is all but full; and exit `usage` when there is none to append to.
 */
export async function openJournal(
  id: RunId,
  tell: (event: Event) => void,
  directory = runsDirectory(),
  mode: JournalMode = 'new',
): Promise<Journal> {
  const file = join(directory, `${id}.ndjson`)
  const { handle, torn } = mode === 'new' ? await create(directory, file) : await reopen(directory, file, id)
  // All that is in it, as far as this zdt knows.
  let known = sizeAndPlace(await handle.stat())
  // A line that was cut short, by a crash or by a full disk, must not swallow the next one.
  let unended = torn
  let begun = false
  const waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  // One that is gone, or cannot be looked at, is nobody's.
  const isOurs = async () => {
    const there = await stat(file).catch(() => undefined)
    return there === undefined || sizeAndPlace(there) === known
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      // Steps run side by side: what came while the disk was busy goes with one more turn of it, and not with one for each.
      const some = waiting.splice(0)
      try {
        if (!unended && !(await isOurs())) throw takenOver(id)
        const text = `${unended ? '\n' : ''}${some.map(({ event }) => `${JSON.stringify(event)}\n`).join('')}`
        unended = true
        await handle.appendFile(text)
        unended = false
        known = sizeAndPlace(await handle.stat())
        await handle.datasync()
        begun = true
      } catch (error) {
        // Of the first line nothing has been done yet; a quota is told by no statfs.
        for (const { refused: no } of some) no(begun ? error : journalRefused(directory, error))
        continue
      }
      for (const { event, kept, refused: no } of some) {
        try {
          tell(event)
          kept()
        } catch (error) {
          // Whoever recorded it hears of that; the others, and those to come, are written all the same.
          no(error)
        }
      }
    }
    writing = undefined
  }

  return {
    record: (happening) => {
      const event: Event = { at: Date.now(), ...happening }
      if (unkept.has(event.event)) {
        tell(event)
        return Promise.resolve()
      }
      return new Promise((kept, refused) => {
        waiting.push({ event, kept, refused })
        writing ??= writeAll()
      })
    },
    takenOver: async () => {
      await writing
      return unended || (await isOurs()) ? undefined : takenOver(id)
    },
    close: async () => {
      await writing
      await handle.close()
    },
  }
}

/** An event on its way to the disk, and who waits for it. */
interface Waiting {
  readonly event: Event
  readonly kept: () => void
  readonly refused: (error: unknown) => void
}

interface Opened {
  readonly handle: FileHandle
  /** Its last line has no end. */
  readonly torn: boolean
}

async function create(directory: string, file: string): Promise<Opened> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    refuseIfFull(await statfs(directory))
    const handle = await open(file, 'ax', 0o600)
    await syncDirectory(directory)
    return { handle, torn: false }
  } catch (cause) {
    throw journalRefused(directory, cause)
  }
}

async function reopen(directory: string, file: string, id: string): Promise<Opened> {
  const handle = await open(file, constants.O_RDWR | constants.O_APPEND).catch((cause: unknown) => {
    throw (cause as NodeJS.ErrnoException).code === 'ENOENT' ? unknownRun(id, cause) : journalRefused(directory, cause)
  })
  try {
    refuseIfFull(await statfs(directory))
    const { size } = await handle.stat()
    const last = await handle.read({ buffer: Buffer.alloc(1), position: Math.max(0, size - 1) })
    return { handle, torn: size > 0 && last.buffer.toString() !== '\n' }
  } catch (cause) {
    await handle.close()
    throw journalRefused(directory, cause)
  }
}

/** What a run may come to: a journal that cannot be written to its end is no way back. */
const enough = 1024 * 1024

/** Throws when there is less than 1 MiB left for whoever is not root. */
export function refuseIfFull({ bavail, bsize }: { readonly bavail: number; readonly bsize: number }): void {
  const free = bavail * bsize
  if (free < enough) throw new Error(`only ${Math.floor(free / 1024)} KiB are free there`)
}

function sizeAndPlace({ size, ino }: { readonly size: number; readonly ino: number }): string {
  return `${ino} ${size}`
}

/** Another zdt of this machine has written there since: what it says holds, and nothing is written over it. */
export function takenOver(id: string): ZdtError {
  return new ZdtError(`another zdt of this machine has gone on with run ${id} since: it is that one's now`, {
    code: 'taken-over',
    exit: 'left',
    suggestions: [`zdt runs show ${id}   # what became of it`],
  })
}

/** What cannot be written down is not begun. */
export function journalRefused(directory: string, cause: unknown): ZdtError {
  const said = cause instanceof Error ? cause.message : String(cause)
  return new ZdtError(`no journal can be kept in ${directory}, so nothing was begun`, {
    code: 'journal-refused',
    exit: 'refused',
    said,
    suggestions: ['make it writable, or set XDG_STATE_HOME'],
    cause,
  })
}

/** A file's name is its directory's content: without this a crash may lose a journal whose lines are all on disk. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory)
  // Some network file systems know no such thing.
  await handle.sync().catch(() => undefined)
  await handle.close()
}
