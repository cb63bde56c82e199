import { uptime } from 'node:os'
import type { Millis } from '../../lib/types.ts'

/**
 * Time that no clock setting moves. performance.now() stands still while a laptop sleeps; the machine's uptime does not,
 * but some systems give it in whole seconds.
 */
export interface Moment {
  readonly ran: Millis
  readonly up: Millis
}

/** Now. */
export function moment(): Moment {
  return { ran: performance.now(), up: uptime() * 1000 }
}

/** The time since a moment: by whichever clock says more. */
export function since(then: Moment, now: Moment = moment()): Millis {
  return Math.max(now.ran - then.ran, now.up - then.up)
}
