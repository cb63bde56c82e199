import type { Connected } from '../../daemons/haproxy/connected.ts'
import { quietSeconds } from '../../daemons/haproxy/drained.ts'
import type { Millis } from '../../lib/types.ts'

/** How many seconds without a request say that nobody comes any more; where a cookie brings clients back, more. */
const quiet = { otherwise: 2, withCookie: 10 } as const

/** Who may still come. */
interface Coming {
  /** Somebody came after the drain had begun. */
  readonly cameBack: boolean
  readonly line: string
}

/**
 * Why a server that drains, and has no session at this moment, still may not be taken away: requests are short, so only
 * the time since the last one shows that persistence lets clients through a drain (TRAPS, case 25). Undefined when nobody
 * came for long enough. A server in maintenance gets no new request, whatever the cookie says.
 */
export function stillComing(connected: Connected, waited: Millis): Coming | undefined {
  const [current] = connected.workers
  const cookie = current?.status.startsWith('MAINT') ? undefined : current?.cookie
  const wanted = cookie === undefined ? quiet.otherwise : quiet.withCookie
  const since = quietSeconds(connected)
  if (since >= wanted) return undefined
  // HAProxy counts whole seconds: only a request that is later by more than one came since the wait began.
  const cameBack = (current?.lastUsedSeconds ?? Infinity) + 1 < waited / 1000
  if (!cameBack)
    return { cameBack, line: `the last request was ${since} s ago; ${wanted} s without one are waited for` }
  const by = cookie === undefined ? 'by persistence (a stick table, force-persist)' : `by the cookie ${cookie}`
  const line = `clients still come ${by}, the last ${since} s ago: a drain lets them, zdt maint ${connected.server} does not`
  return { cameBack, line }
}

/** Why it is no use to wait on: the server takes new clients again. Undefined while it does not. */
export function servesAgain({ host, backend, server, workers: [current] }: Connected, waited: Millis) {
  if (current === undefined || !/^(UP|NOLB|no check)/.test(current.status)) return undefined
  // A reload forgets what was set at runtime (TRAPS, case 21).
  const reloaded = current.upSeconds * 1000 < waited
  return {
    message: `${backend}/${server} takes new clients again on ${host}, although it was drained`,
    said: reloaded
      ? `HAProxy there was reloaded or restarted ${current.upSeconds} s ago, and with that forgets what was set at runtime`
      : `its status is ${current.status}: somebody, or something, set it ready meanwhile`,
  }
}
