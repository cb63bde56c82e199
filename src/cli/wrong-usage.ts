import { ZdtError } from '../lib/errors.ts'

/** A flag or an argument that cannot be read. A plain error thrown by a parser would end in exit 1: a bug of ours. */
export class WrongUsage extends ZdtError {
  constructor(message: string, suggestions: readonly string[] = []) {
    super(message, { code: 'wrong-usage', exit: 'usage', suggestions })
  }
}
