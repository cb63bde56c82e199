import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { HostUnreachable, LoginRefused, type HostKeyRefused } from './errors.ts'
import { hostKeyCheck } from './host-key.ts'
import { identitiesFor, type Identities } from './identities.ts'
import { CutShort, withRetries } from './retries.ts'
import type { SshConfig } from './ssh-config.ts'

/** A dead network is noticed after four of these unanswered: 20 s. */
const keepalive = { keepaliveInterval: 5000, keepaliveCountMax: 3 } as const

/** Handshake and login together, when ssh_config has no ConnectTimeout. */
const handshakeTimeout = 15_000

/** Opens the byte stream to sshd, connected or still connecting. */
export type OpenSock = () => Promise<Duplex>

/**
 * Logs in, host key verified. Tries again when the connection was refused or cut before the login.
 * Throws HostKeyRefused, LoginRefused or HostUnreachable.
 */
export async function connectClient(host: string, config: SshConfig, openSock: OpenSock): Promise<Client> {
  return withRetries(() => tryOnce(host, config, openSock))
}

async function tryOnce(host: string, config: SshConfig, openSock: OpenSock): Promise<Client> {
  const [{ NodeSSH }, check, identities] = await Promise.all([
    import('node-ssh'),
    hostKeyCheck(host, config),
    identitiesFor(config),
  ])
  let refused: HostKeyRefused | undefined
  // Last: from here on nothing is awaited until the library listens for the socket's errors.
  const sock = await openSock()
  const ssh = new NodeSSH()
  const connecting = ssh.connect({
    host: config.hostname,
    port: config.port,
    username: config.user,
    sock,
    ...keepalive,
    readyTimeout: config.connectTimeout ?? handshakeTimeout,
    algorithms: { serverHostKey: check.algorithms },
    hostVerifier: (key: Buffer) => {
      refused = check.refuse(key)
      return refused === undefined
    },
    authHandler: identities.methods,
    // A unix socket can be asked of any server; whether it may be opened, the server says.
    strictVendor: false,
  })
  const client = ssh.connection
  // From `ready` on node-ssh listens no longer, and an error without a listener ends the process.
  client?.on('error', () => {})
  try {
    await connecting
  } catch (error) {
    client?.destroy()
    sock.destroy()
    throw refused ?? explain(host, config, identities, error)
  }
  if (client === null) throw new HostUnreachable({ host, said: 'the connection ended right after the login' })
  return client
}

function explain(host: string, config: SshConfig, identities: Identities, cause: unknown): HostUnreachable {
  const { message: said, level, code } = cause as { message: string; level?: string; code?: string }
  const tryIt = `try it: ssh -v -p ${config.port} ${config.user}@${config.hostname} true`
  if (level === 'client-authentication' || level === 'agent') {
    return new LoginRefused(config.user, { host, said, suggestions: [...identities.notes, tryIt], cause })
  }
  const where = `${config.hostname} port ${config.port}`
  const cut = code === 'ECONNREFUSED' || code === 'ECONNRESET' || /before handshake|No response/.test(said)
  return new (cut ? CutShort : HostUnreachable)({ host, said: `${where}: ${said}`, suggestions: [tryIt], cause })
}
