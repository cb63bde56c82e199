import type { CheckView, ServerView } from './server-view.ts'

/** A server that is up has this much health after one pass, and keeps it until a check fails. */
function fullHealth(check: CheckView): number | undefined {
  return check.rise === undefined || check.fall === undefined ? undefined : check.rise + check.fall - 1
}

/** Health to start from: leaving maintenance sets it to `rise`, whatever it was, without any check (2.6, 3.0). */
function startingHealth({ admin, check }: ServerView, rise: number): number {
  const inMaintenance = admin === 'maint' || check?.paused === true
  return inMaintenance ? rise : (check?.health ?? 0)
}

/**
 * Has a check that began after `before` passed? `false` is also "not yet".
 *
 * HAProxy has no counter of passed checks and no time of the last one. But it has health, and (2.6 and 3.0 alike)
 * - maint empties it, leaving maint (to drain or ready) sets it to `rise`: `DRAIN 1/3`, UP at once, not one check;
 *   `check_status` meanwhile shows the last check *before* maintenance, `L7OK` for a server that is dead by now;
 * - the first pass then fills it to rise+fall−1, the first failure takes the server down;
 * - drain and ready of a server that was not in maint change nothing about it, nor do they ask for a check.
 * So growth to full is proof, and full from the start proves nothing. That is so for a server whose checks never
 * stopped, and for every server with `fall 1`: `needsHealthDown` tells, and `set server … health down` on the drained
 * server makes it 0, after which `rise` fresh passes fill it.
 */
export function freshPass(before: ServerView, now: ServerView): boolean | 'no check' {
  if (now.check === null) return 'no check'
  const full = fullHealth(now.check)
  if (full === undefined || now.check.rise === undefined || now.op !== 'running') return false
  return now.check.health === full && startingHealth(before, now.check.rise) < full
}

/** Can a fresh pass be told from `view` on, or is health full already, so that it must be emptied first (setHealth)? */
export function needsHealthDown(view: ServerView): boolean {
  if (view.check === null) return false
  const full = fullHealth(view.check)
  return full !== undefined && view.check.health >= full
}
