import type { HostName } from '../lib/types.ts'
import type { RunOptions, RunResult } from './host.ts'
import { hostOver } from './host-over.ts'

/**
 * Runs a command of the operator's own on this machine, in a directory, and by no shell; `cannotRun` where the directory or
 * the program is not there. Throws what Host.run throws.
 */
export async function runHere(
  directory: string,
  command: readonly string[],
  { env = process.env, ...options }: Pick<RunOptions, 'timeout' | 'signal'> & { readonly env?: NodeJS.ProcessEnv },
): Promise<RunResult> {
  // Start-up time is a feature: what starts processes is loaded where one is started.
  const { localTransport } = await import('./local.ts')
  const here = hostOver(await localTransport('this machine' as HostName, env), 'none')
  try {
    // The words are the shell's arguments and never its text.
    const script = 'cd -- "$1" || exit 126; shift; exec "$@"'
    return await here.run(['/bin/sh', '-c', script, 'zdt', directory, ...command], options)
  } finally {
    await here.close()
  }
}

/** The exit codes of a command that was not run at all. */
export const cannotRun: ReadonlySet<number> = new Set([126, 127])
