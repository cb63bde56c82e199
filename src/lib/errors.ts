import type { Exit } from './exit-codes.ts'

/** What an operator needs of an error, beside its sentence. */
export interface ErrorDetails {
  /** A stable name for pipelines, such as `host-key-unknown`. */
  readonly code: string
  /** How zdt exits when nobody handles it. */
  readonly exit: Exit
  /** The host it happened on. */
  readonly host?: string
  /** The daemon's or the system's own words. */
  readonly said?: string
  /** What to type or do next, one entry a line. */
  readonly suggestions?: readonly string[]
  readonly cause?: unknown
}

/** An error with a cause that an operator can act on. Anything else that is thrown is a bug in zdt. */
export class ZdtError extends Error {
  readonly code: string
  readonly exit: Exit
  readonly host: string | undefined
  readonly said: string | undefined
  readonly suggestions: readonly string[]

  constructor(message: string, details: ErrorDetails) {
    super(message, { cause: details.cause })
    this.name = new.target.name
    this.code = details.code
    this.exit = details.exit
    this.host = details.host
    this.said = details.said
    this.suggestions = details.suggestions ?? []
  }
}
