import { ZdtError } from '../../lib/errors.ts'

/** What a level of the runtime CLI may do (management guide §9.3: user reads, operator sees sessions, admin changes). */
export type Level = 'user' | 'operator' | 'admin'

interface Where {
  readonly host: string
  readonly socket: string
  readonly said?: string
  readonly cause?: unknown
}

/** The line of haproxy.cfg that gives zdt what it needs. */
export function socketLine(socket: string, level: Level = 'admin'): string {
  return `stats socket ${socket} mode 660 level ${level}`
}

/** There is no socket at that path, zdt may not open it, or nobody listens on it. */
export class NoRuntimeSocket extends ZdtError {
  constructor({ host, socket, said, cause }: Where) {
    super(`${host}: cannot open HAProxy's socket ${socket}`, {
      code: 'haproxy-no-socket',
      exit: 'refused',
      host,
      said,
      cause,
      suggestions: [
        'is HAProxy running there, and is `socket` in zdt.yaml the path that haproxy.cfg gives?',
        `haproxy.cfg, in \`global\`, needs: ${socketLine(socket)}`,
      ],
    })
  }
}

/** The socket opened and then said nothing in time: the process is stopped, stuck or starved. Nothing was changed, as far as is known. */
export class HaproxySilent extends ZdtError {
  constructor({ host, socket, said, cause }: Where) {
    super(`${host}: HAProxy does not answer on ${socket}`, {
      code: 'haproxy-silent',
      exit: 'refused',
      host,
      said,
      cause,
      suggestions: ['look at the process on the host (state T is stopped, D is stuck): systemctl status haproxy'],
    })
  }
}

/** The answer ended too early or has more parts than commands were sent. */
export class AnswerUnreadable extends ZdtError {
  constructor(what: string, { host, socket, said, cause }: Where) {
    super(`${host}: HAProxy's answer on ${socket} cannot be read: ${what}`, {
      code: 'haproxy-answer',
      exit: 'refused',
      host,
      said,
      cause,
    })
  }
}

/** The socket's level is too low for a command. */
export class LevelTooLow extends ZdtError {
  constructor(command: string, needed: Level, { host, socket, said, cause }: Where) {
    super(`${host}: the socket ${socket} may not do "${command}": it needs level ${needed}`, {
      code: 'haproxy-level',
      exit: 'refused',
      host,
      said,
      cause,
      suggestions: [`haproxy.cfg, in \`global\`: ${socketLine(socket, needed)}`],
    })
  }
}

/** HAProxy has no such backend or no such server. */
export class NoSuchSeat extends ZdtError {
  constructor(command: string, { host, socket, said, cause }: Where) {
    super(`${host}: HAProxy knows no such server or backend: "${command}"`, {
      code: 'haproxy-no-seat',
      exit: 'refused',
      host,
      said,
      cause,
      suggestions: [
        `see whether zdt.yaml is ahead of it: zdt diff ${host}`,
        `list what it knows: echo "show servers conn" | sudo socat - UNIX-CONNECT:${socket}`,
      ],
    })
  }
}

/** HAProxy understood a command and would not do it, or did not know it. `done` are those of the same round that took. */
export class CommandRefused extends ZdtError {
  readonly done: readonly string[]

  constructor(command: string, done: readonly string[], { host, socket, said, cause }: Where) {
    const took = done.length === 0 ? '' : ` (but did: ${done.join('; ')})`
    super(`${host}: HAProxy refused "${command}"${took}`, {
      code: 'haproxy-refused',
      exit: 'refused',
      host,
      said,
      cause: cause ?? { socket },
    })
    this.done = done
  }
}

/** A name, weight or address that may not reach the runtime CLI. Thrown before anything is sent. */
export class UnfitForCli extends ZdtError {
  constructor(what: string, value: string) {
    super(`${what} ${JSON.stringify(value)} cannot be said to HAProxy's runtime CLI`, {
      code: 'haproxy-unfit',
      exit: 'usage',
      suggestions: ['HAProxy allows letters, digits, - _ . and : in names'],
    })
  }
}

/** The worker that the master was asked about has left meanwhile. */
export class WorkerGone extends ZdtError {
  constructor({ host, said, cause }: Where) {
    super(`${host}: that HAProxy worker has left`, { code: 'haproxy-worker-gone', exit: 'refused', host, said, cause })
  }
}
