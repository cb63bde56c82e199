import { ZdtError } from '../lib/errors.ts'

interface Happened {
  readonly host: string
  readonly said?: string
  readonly suggestions?: readonly string[]
  readonly cause?: unknown
}

/** The host could not be reached, or the connection died. */
export class HostUnreachable extends ZdtError {
  constructor(happened: Happened, message = `${happened.host} cannot be reached`, code = 'host-unreachable') {
    super(message, { code, exit: 'refused', ...happened })
  }
}

/** The host answers, but takes none of the keys that were offered. */
export class LoginRefused extends HostUnreachable {
  constructor(user: string, happened: Happened) {
    super(happened, `${happened.host}: ${user} may not log in`, 'login-refused')
  }
}

/** A command took longer than it was given. */
export class HostTimeout extends ZdtError {
  constructor(what: string, happened: Happened) {
    super(`${happened.host}: no answer in time from ${what}`, { code: 'host-timeout', exit: 'refused', ...happened })
  }
}

/** The host showed a key that is not in known_hosts, another one than there, or a revoked one. */
export class HostKeyRefused extends ZdtError {
  constructor(message: string, happened: Happened) {
    super(message, { code: 'host-key-refused', exit: 'refused', ...happened })
  }
}

/** `sudo -n` said no. */
export class BecomeRefused extends ZdtError {
  constructor(happened: Happened) {
    super(`${happened.host}: the login user may not become root`, {
      code: 'become-refused',
      exit: 'refused',
      ...happened,
    })
  }
}

/** A unix socket on the host could not be opened. */
export class SocketRefused extends ZdtError {
  constructor(path: string, happened: Happened) {
    super(`${happened.host}: cannot open the socket ${path}`, { code: 'socket-refused', exit: 'refused', ...happened })
  }
}

/** There is no such file on the host. */
export class NoSuchFile extends ZdtError {
  constructor(path: string, happened: Happened) {
    super(`${happened.host}: there is no ${path}`, { code: 'no-such-file', exit: 'refused', ...happened })
  }
}

/** A file on the host could not be read or written; the old one, if any, is as it was. */
export class FileRefused extends ZdtError {
  constructor(doing: 'read' | 'write', path: string, happened: Happened) {
    super(`${happened.host}: cannot ${doing} ${path}`, { code: 'file-refused', exit: 'refused', ...happened })
  }
}
