import { ZdtError } from '../lib/errors.ts'

/** The journal can be written no more, `cause` says why: what must be kept before it is done may not be done. */
export function journalLost(cause: unknown): ZdtError {
  if (cause instanceof ZdtError && cause.code === 'taken-over') return cause
  return new ZdtError('the journal can no longer be written: nothing more is begun', {
    code: 'journal-lost',
    exit: 'left',
    said: cause instanceof Error ? cause.message : String(cause),
    suggestions: ['df -h   # is the disk full?'],
    cause,
  })
}
