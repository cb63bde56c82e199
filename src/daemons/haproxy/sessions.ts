import type { Place } from './commands.ts'

/** One stream, as `show sess` lists it. */
export type Session = {
  /** HAProxy's handle on it, for `show sess ID` and `shutdown session ID`; used again once it has ended. */
  readonly id: string
  readonly frontend: string
  readonly backend: string
  /** `<none>` while it waits for one. */
  readonly server: string
  /** The client's address and port. */
  readonly source: string
  readonly ageSeconds: number
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Reads HAProxy's `1h12m`, `3m59s`, `0s`: two units at most, so hours are exact to the minute only. */
export function ageSeconds(text: string): number {
  let total = 0
  for (const [, number, unit = ''] of text.matchAll(/(\d+)([smhd])/g)) total += Number(number) * (units[unit] ?? 0)
  return total
}

/** Reads `show sess`; the columns that zdt needs are `name=value` and the same on 2.6 and 3.0. */
export function parseSessions(answer: string): Session[] {
  return answer.split('\n').flatMap((line) => {
    const [, id] = /^(0x[0-9a-f]+): /.exec(line) ?? []
    if (id === undefined) return []
    const value = (name: string) => new RegExp(` ${name}=(\\S*)`).exec(line)?.[1] ?? ''
    return [
      {
        id,
        frontend: value('fe'),
        backend: value('be'),
        server: value('srv'),
        source: value('src'),
        ageSeconds: ageSeconds(value('age')),
      },
    ]
  })
}

/** Those on one server. HAProxy filters by server only from 3.2 on, and ignores the filter before. */
export function sessionsOn(sessions: readonly Session[], { backend, server }: Place): Session[] {
  return sessions.filter((session) => session.backend === backend && session.server === server)
}

/** HAProxy's numbers for methods, in `meth=`. */
const methods = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'] as const

/**
 * What a session is about, from `show sess ID`: `websocket`, `GET, answer 200 under way`, `POST, no answer yet`,
 * `TCP`. There is no more to know: HAProxy keeps the method, but shows neither host nor path (2.6, 3.0).
 * Returns undefined when the session has ended.
 */
export function sessionKind(answer: string): string | undefined {
  if (!answer.startsWith('0x')) return undefined
  const [, method, status = '', phase = ''] =
    / txn=\S+ .*\bmeth=(\d+) status=(-?\d+) .*\brsp\.st=(\S+)/.exec(answer) ?? []
  if (method === undefined) return 'TCP'
  const name = methods[Number(method)] ?? 'request'
  if (phase === 'MSG_TUNNEL') return status === '101' ? 'websocket' : `${name} tunnel`
  return Number(status) > 0 ? `${name}, answer ${status} under way` : `${name}, no answer yet`
}
