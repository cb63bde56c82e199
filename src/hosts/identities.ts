import { readFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import type { AnyAuthMethod } from 'ssh2'
import type { SshConfig } from './ssh-config.ts'

/** What a login is tried with, and what could not be used and why. */
export interface Identities {
  readonly methods: AnyAuthMethod[]
  /** One line each, for the error when the host takes none of them. */
  readonly notes: readonly string[]
}

/** Is a private key's file protected by a passphrase? (PROTOCOL.key of OpenSSH; RFC 1421 and PKCS#8 for PEM) */
export function isEncrypted(pem: string): boolean {
  const openssh = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(pem)?.[1]
  if (openssh === undefined) return /^(Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED)/m.test(pem)
  const blob = Buffer.from(openssh, 'base64')
  const at = 'openssh-key-v1\0'.length
  return blob.subarray(at + 4, at + 4 + blob.readUInt32BE(at)).toString('latin1') !== 'none'
}

/**
 * The identity files that can be read, then the agent: files first, since an agent with many keys uses up the tries
 * that sshd allows (MaxAuthTries 6). An agent that nobody listens at would fail the whole login: it is left out.
 */
export async function identitiesFor({ user, identityFiles, identitiesOnly, agent }: SshConfig): Promise<Identities> {
  const notes: string[] = []
  const methods: AnyAuthMethod[] = []
  for (const file of new Set(identityFiles)) {
    const key = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') notes.push(`${file} cannot be read: ${error.code ?? error.message}`)
      return undefined
    })
    if (key === undefined) continue
    if (!key.includes('PRIVATE KEY-----')) continue
    if (isEncrypted(key)) notes.push(`${file} needs a passphrase: put it into an agent with \`ssh-add ${file}\``)
    else methods.push({ type: 'publickey', username: user, key })
  }
  // IdentitiesOnly means "these files' keys alone"; an agent is asked only where a file could not do itself.
  if (identitiesOnly && methods.length > 0 && notes.length === 0) return { methods, notes }
  if (agent === undefined) notes.push('there is no agent (SSH_AUTH_SOCK is not set)')
  else if (await answers(agent)) methods.push({ type: 'agent', username: user, agent })
  else notes.push(`nobody listens at the agent's socket ${agent}`)
  return { methods, notes }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
