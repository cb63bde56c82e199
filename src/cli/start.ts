import { execute } from '@oclif/core/execute'

/**
 * Runs the command that was typed. What it throws is told, and the exit code is set. Not to be awaited by what must end:
 * oclif waits for stdout to take everything, for ever where its reader has gone (`zdt --help | head -1`).
 */
export async function start(): Promise<void> {
  await execute({ dir: import.meta.url })
}
