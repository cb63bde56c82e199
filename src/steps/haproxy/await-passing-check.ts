import { seatName, showStat } from '../../daemons/haproxy/commands.ts'
import { isChecked } from '../../daemons/haproxy/is-serving.ts'
import type { ServerView } from '../../daemons/haproxy/server-view.ts'
import type { Seat } from '../../fleet/fleet.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { passed } from './fresh-check.ts'
import { seatThing } from '../things.ts'
import { lookAgain } from './look-again.ts'
import { byHand, viewOf } from './seat.ts'
import { accepts } from './accepts.ts'

type Input = { readonly seat: Seat; readonly timeout: Millis }

/** Waits for the fresh check that `ask-fresh-check` asked for. A server that no check watches must at least accept a connection. */
export const awaitPassingCheck = defineWait<Input>({
  kind: 'haproxy.await-passing-check',
  describe: ({ seat }) => ({
    title: `${seatName(seat)} passes a fresh check`,
    commands: [byHand(seat, showStat(seat.backend))],
  }),
  look: ({ seat }, on) =>
    lookAgain(on, async (on) => {
      const view = await viewOf(on, seat)
      const who = `${on.host.name}  ${seatName(seat)}`
      const wrong = isChecked(view) && (view.admin === 'maint' || !passed(view))
      if (wrong) return notYet(`${who}  ${said(view)}`)
      // Where nothing was emptied for the sake of those who are on it, what passed may have passed a while ago.
      const trusted = isChecked(view) && view.sessions === 0
      return notYet(!trusted && !(await accepts(on, seat)) && `${who}  does not accept connections`)
    }),
  timeout: ({ timeout }) => timeout,
  protects: ({ seat }, host) => [seatThing(host, seat, 'state')],
  interval: () => 100,
})

/** How far it is, and why no further: while the next check is on its way, HAProxy calls the result of the last one unknown. */
export function said({ status, check }: Pick<ServerView, 'status' | 'check'>): string {
  if (!check) return status
  const far = `check: passed ${check.health} of ${(check.rise ?? 1) + (check.fall ?? 1) - 1}`
  const failed =
    check.result === 'failed' || /^(?:L\d(?:TOUT|CON|RSP|STS|MEM)|SOCKERR|PROCERR|PROCTOUT)/.test(check.status)
  const why = [check.description, check.code].filter(Boolean).join(' ') || check.status
  return failed ? `${far}, last: ${why}` : far
}
