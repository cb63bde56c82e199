import { told } from '../engine/told.ts'
import type { ZdtError } from '../lib/errors.ts'
import { exitCodes } from '../lib/exit-codes.ts'
import { errorText } from '../views/error-text.ts'
import { errorJson } from '../views/json.ts'
import { pageFor } from '../views/page.ts'
import { inSource } from './in-source.ts'
import { say } from './say.ts'

/** Tells an error to people on stderr, a bug with its stack, and to a pipeline that asked for it on stdout; sets the exit code. */
export function showError(error: ZdtError, argv: readonly string[]): void {
  if (argv.includes('--events'))
    process.stdout.write(`${JSON.stringify({ at: Date.now(), event: 'refused', error: told(error) })}\n`)
  if (argv.includes('--json')) process.stdout.write(errorJson(error))
  process.stderr.write(errorText(error, pageFor(process.stderr)))
  if (error.exit === 'bug' && error.cause instanceof Error) say(inSource(error.cause.stack ?? ''))
  process.exitCode = exitCodes[error.exit].code
}
