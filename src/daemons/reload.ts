import type { Host, RunOptions } from '../hosts/host.ts'
import { ZdtError } from '../lib/errors.ts'
import { notTheSame, signalProcess, type ProcessId } from './signal-process.ts'

/** Why a daemon must not be reloaded as it runs now: one sentence, and what to type or do about it. */
export type ReloadRefusal = {
  /** A stable name for pipelines and tests. */
  readonly code: string
  readonly message: string
  readonly suggestions: readonly string[]
}

/** Has a reload taken? Judged from two looks at the daemon alone, so that another process comes to the same. */
export type Reloaded =
  | { readonly done: boolean; readonly awaiting: readonly string[]; readonly failed?: undefined }
  /** It never will: why, in one sentence, with the daemon's words and what to do. */
  | { readonly done: false; readonly awaiting: readonly string[]; readonly failed: ReloadFailure }

export type ReloadFailure = {
  readonly message: string
  readonly said: string
  readonly suggestions: readonly string[]
}

/** It took. */
export const took: Reloaded = { done: true, awaiting: [] }

/** Not yet, and why. */
export function pending(...awaiting: readonly string[]): Reloaded {
  return { done: false, awaiting }
}

/** It never will. */
export function failed(message: string, said: readonly string[], ...suggestions: readonly string[]): Reloaded {
  return { done: false, awaiting: [], failed: { message, said: said.join('\n'), suggestions } }
}

/** The signal was not sent: the master is gone, or another process has its pid by now. Nothing was changed. */
export class ReloadNotSent extends ZdtError {
  constructor(signal: string, pid: number, host: string, said: string, cause: 'other' | 'failed') {
    const what = cause === 'other' ? 'is not the process that was seen' : 'could not be signalled'
    super(`${host}: ${signal} was not sent: process ${pid} ${what}`, {
      code: 'reload-not-sent',
      exit: 'refused',
      host,
      said,
    })
  }
}

/**
 * Orders a reload by a signal to the very master that was seen. It says that it was sent, no more. Throws ReloadNotSent, and
 * what Host throws.
 */
export async function orderBySignal(
  host: Host,
  signal: 'USR2' | 'HUP',
  to: ProcessId,
  options?: Omit<RunOptions, 'as' | 'input'>,
): Promise<void> {
  const { code, stderr } = await host.run(signalProcess(signal, to), { ...options, as: 'root' })
  if (code === 0) return
  const said = stderr.toString().trim()
  throw new ReloadNotSent(signal, to.pid, host.name, said, code === notTheSame ? 'other' : 'failed')
}
