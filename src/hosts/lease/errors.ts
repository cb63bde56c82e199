import { formatDuration } from '../../lib/durations.ts'
import { ZdtError } from '../../lib/errors.ts'
import { ageOf, type Lease } from './lease.ts'

/** Somebody else holds what a run needs. */
export class Held extends ZdtError {
  /** Every lease in the way on that host. */
  readonly leases: readonly Lease[]

  constructor(leases: readonly Lease[]) {
    const [first] = leases
    const host = first?.host ?? ''
    super(first === undefined ? 'a lease is held' : sentence(first), {
      code: 'locked',
      exit: 'locked',
      host,
      suggestions: [
        ...(first?.run === undefined ? [] : [`zdt runs show ${first.run}`]),
        'zdt lock      who holds what',
        '--wait-for-lock 10m',
      ],
    })
    this.leases = leases
  }
}

function sentence(lease: Lease): string {
  const { host, scope, state, run, holder, title, left } = lease
  const what = scope === 'host' ? host : `${scope.replace(/^(vip|pool)-/, '$1 ')} on ${host}`
  if (run === undefined) {
    if (state === 'busy') return `${host}: a command of an earlier run is still under way`
    return `${what} is locked by somebody unknown: its lease cannot be read; it ends in ${formatDuration(left)}`
  }
  const who = `${holder} (${title}, run ${run})`
  if (state === 'busy') return `${host}: a command of ${who} is still under way`
  return `${what} is locked by ${who}, for ${formatDuration(ageOf(lease))} now`
}

/** The lease is no longer ours: nothing more may be changed there. */
export class LeaseLost extends ZdtError {
  constructor(host: string, said: string) {
    super(`${host}: the lock is no longer ours, so nothing more is changed there`, {
      code: 'lease-lost',
      exit: 'left',
      host,
      said,
      suggestions: ['zdt lock      who holds it now', 'zdt runs      what is left to do'],
    })
  }
}

/**
 * The command's input did not come in time and whole, so it was not run: the network has gone, or this process was stopped
 * in the middle (a closed laptop, Ctrl-Z). Whose the lease is was not the question: the command may be given again.
 */
export class InputCutOff extends LeaseLost {}

/** No lease can be kept on the host; nothing was begun. */
export class LeaseRefused extends ZdtError {
  constructor(host: string, said: string, path: string) {
    super(`${host}: no lock can be kept in ${path}, so nothing was begun`, {
      code: 'lease-refused',
      exit: 'refused',
      host,
      said,
      suggestions: [`look at it there: df ${path}`],
    })
  }
}
