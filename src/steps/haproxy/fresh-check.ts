import type { On } from '../../engine/step-kind.ts'
import type { Seat } from '../../fleet/fleet.ts'
import { seatName, setHealth, setState } from '../../daemons/haproxy/commands.ts'
import { needsHealthDown } from '../../daemons/haproxy/fresh-pass.ts'
import { tell } from '../../daemons/haproxy/runtime.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import { poll } from '../poll.ts'
import { viewOf } from './seat.ts'

/**
 * Drains a seat and empties what its checks remember, so that it is up again only after fresh passes. Leaving maintenance
 * empties it to `rise`, which needs one pass more, except with `fall 1` (see fresh-pass.ts).
 *
 * Never while somebody is on it: a server that is marked down may be configured to cut its sessions (`on-marked-down`).
 * Who still has an answer under way also shows that it was not restarted; see `await-passing-check`.
 */
export async function putIntoDrain(on: On, seat: Seat): Promise<void> {
  const before = await viewOf(on, seat)
  if (before.admin !== 'drain') await tell(on.host, seat.socket, [setState(seat, 'drain')], { signal: on.signal })
  const drained = before.admin === 'drain' ? before : await viewOf(on, seat)
  if (needsHealthDown(drained) && drained.sessions === 0)
    await tell(on.host, seat.socket, [setHealth(seat, 'down')], { signal: on.signal })
}

/** Is its health full, after `putIntoDrain` emptied it? Then checks that began since then passed. True without a check. */
export function passed({ check, op }: ServerView): boolean {
  if (check === null) return true
  return op === 'running' && !check.paused && check.health === (check.rise ?? 1) + (check.fall ?? 1) - 1
}

/** The safe way from maintenance to ready: maint → ready would be UP at once, without a check (TRAPS). Throws when none passes. */
export async function readyAfterCheck(on: On, seat: Seat): Promise<void> {
  await putIntoDrain(on, seat)
  await poll(on, () => viewOf(on, seat), passed, {
    patience: 30_000,
    still: ({ status }) => `${seatName(seat)} passes no check (${status}), and is left draining`,
  })
  await tell(on.host, seat.socket, [setState(seat, 'ready')], { signal: on.signal })
}
