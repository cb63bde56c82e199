const byCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  EPIPE: 'reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'connect-timeout',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
}

/** Where a request was when it failed. */
export interface Progress {
  readonly timedOut: boolean
  /** Whether it was still waiting for its connection then. */
  readonly connecting: boolean
  /** Whether a byte of the answer had come. */
  readonly answerBegun: boolean
}

/** Why a request was lost, in one word: the key under which the ledger counts it. */
export function causeOf(error: unknown, { timedOut, connecting, answerBegun }: Progress): string {
  if (timedOut) return connecting ? 'connect-timeout' : 'timeout'
  const code = codeOf(error)
  if (code === 'ECONNRESET') {
    if (answerBegun) return 'closed-mid-answer'
    // A reset that the kernel reports names its system call; Node's own "socket hang up" is a close in good order.
    return error instanceof Error && 'syscall' in error ? 'reset' : 'closed-before-answer'
  }
  if (code.startsWith('HPE_')) return 'malformed-answer'
  if (/CERT|SSL|TLS|^UNABLE_TO_VERIFY|^EPROTO$/.test(code)) return 'tls'
  return byCode[code] ?? (code === '' ? 'unknown' : code.toLowerCase())
}

/** Whether the request never left this machine: out of ports, files or memory, which says nothing about the server. */
export function isLocal(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'].includes(codeOf(error))
}

/** Whether the other side closed the connection, rather than never having taken it. */
export function isClosed(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(codeOf(error))
}

/** Several addresses tried at once fail with one error that holds the others; the first tells the cause. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
