import { ZdtError } from '../lib/errors.ts'
import type { Told } from './events.ts'

/** Whatever was thrown, as an error that an operator can read; a bug keeps its stack as the cause. */
export function asZdtError(thrown: unknown, host: string): ZdtError {
  if (thrown instanceof ZdtError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new ZdtError(message, { code: 'bug', exit: 'bug', host, cause: thrown })
}

/** An error as it goes into the journal and to `--events`. */
export function told(error: ZdtError): Told {
  return {
    message: error.message,
    code: error.code,
    ...(error.host && { host: error.host }),
    ...(error.said && { said: error.said }),
    ...(error.suggestions.length > 0 && { suggestions: error.suggestions }),
  }
}
