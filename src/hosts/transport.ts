import type { Duplex, Readable, Writable } from 'node:stream'
import type { HostName } from '../lib/types.ts'

/** A command under way on a host. */
export interface Running {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** The exit code, 128 + n when a signal ended it. Rejects with HostUnreachable when the connection died. */
  readonly code: Promise<number>
  /** The process group on the host, as soon as the host has said so: what a timeout kills. */
  group(): number | undefined
  /** Lets go: closes the channel without waiting. */
  drop(): void
}

export interface StartOptions {
  readonly signal?: AbortSignal
  /** Do not wait in the queue of channels: for the command that ends another one. */
  readonly urgent?: boolean
}

/** One connection to one machine: all that ssh, openssh and local have to differ in. */
export interface Transport {
  readonly name: HostName
  /** The login user is root, so that nothing need become it. */
  readonly isRoot: boolean
  /** It is this very machine, where starting a command costs no session. */
  readonly isLocal?: boolean
  /** False once the connection has died or was closed. */
  alive(): boolean
  start(argv: readonly string[], options?: StartOptions): Promise<Running>
  /** `letGo` is called when a command finds no session left on the host: whoever keeps an idle one lets go of it. */
  onCrowded(letGo: () => void): void
  /** Opens a unix socket as the login user over the connection itself, where the transport can. */
  forward?(socketPath: string): Promise<Duplex>
  close(): Promise<void>
}
