import { ZdtError } from '../lib/errors.ts'

/** The lab was asked for something that it cannot be or has not got. */
export class LabError extends ZdtError {
  constructor(message: string, suggestions: readonly string[] = []) {
    super(message, { code: 'lab', exit: 'usage', suggestions })
  }
}

/** This machine cannot have a lab. */
export class NoLabHere extends ZdtError {
  constructor(missing: string) {
    super(`The lab cannot run here: ${missing}.`, { code: 'lab-unavailable', exit: 'refused' })
  }
}

/** A program that the lab needs did not do its work. */
export class LabCommandFailed extends ZdtError {
  constructor(command: string, said: string, cause?: unknown) {
    super(`\`${command}\` failed.`, { code: 'lab-command', exit: 'left', said, cause, suggestions: ['zdt lab down'] })
  }
}
