import { once } from 'node:events'
import { basename } from 'node:path'
import { watch } from 'chokidar'
import type { Millis } from '../lib/types.ts'

/** Editors write a file in several moves, and `git checkout` many files: they are one change when they come so close together. */
const quiet: Millis = 300

/**
 * Yields once a directory is watched, with all that is below it but what git keeps for itself, and again whenever something
 * has changed there since, an editor's putting another file in a file's place included. Ends with the signal. Throws when it
 * cannot be watched.
 */
export async function* changesBelow(directory: string, signal: AbortSignal): AsyncGenerator<void> {
  const watcher = watch(directory, { ignoreInitial: true, ignored: (path) => basename(path) === '.git' })
  let timer: NodeJS.Timeout | undefined
  let broken: Error | undefined
  let changed = Promise.withResolvers<void>()
  try {
    await once(watcher, 'ready')
    watcher.on('all', () => {
      clearTimeout(timer)
      timer = setTimeout(() => changed.resolve(), quiet)
    })
    watcher.on('error', (error) => {
      broken = error instanceof Error ? error : new Error(String(error))
      changed.resolve()
    })
    signal.addEventListener('abort', () => changed.resolve())
    while (!signal.aborted) {
      yield
      await changed.promise
      if (broken !== undefined) throw broken
      changed = Promise.withResolvers()
    }
  } finally {
    clearTimeout(timer)
    await watcher.close()
  }
}
