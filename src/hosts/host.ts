import type { Duplex } from 'node:stream'
import type { HostName, Millis } from '../lib/types.ts'

/** Who does it on the host: the login user, or root by way of `become` (`sudo -n`). */
export type As = 'login' | 'root'

/** Stands before a command on the host, in the same command, and lets it run or not: see lease/. */
export interface Guard {
  /** What goes before a command, asked for each anew: words before its own, and input that the guard itself reads. */
  before(): Promise<{ readonly words: readonly string[]; readonly input: string }>
  /** Takes out of an answer what the guard itself said. Throws when it did not let the command run. */
  heard(answer: RunResult, host: HostName): RunResult
}

export interface RunOptions {
  /** Default `login`. */
  readonly as?: As
  /** Asked on the host right before the command; it runs with the same rights. */
  readonly guard?: Guard
  readonly input?: string | Uint8Array
  /** Default 30 s, queueing not counted; the command and its children are killed and HostTimeout thrown. */
  readonly timeout?: Millis
  /** The command and its children are killed; rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Not to wait in the queue of channels: for the few commands that others depend on. */
  readonly urgent?: boolean
}

/** What a command said, byte for byte. A code other than 0 is an answer, not an error. */
export interface RunResult {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

export interface FileOptions {
  readonly as?: As
  /** As for `run`. A socket is then opened by the relay, as root unless `as` says otherwise. */
  readonly guard?: Guard
  readonly timeout?: Millis
  readonly signal?: AbortSignal
}

export interface ConnectOptions extends FileOptions {
  /** Nothing is changed through it: whoever puts a guard before changes lets it pass. */
  readonly looks?: boolean
}

export interface WriteOptions extends FileOptions {
  /** For a file that is not there yet, in octal, default `0644`; an existing file keeps its own. */
  readonly mode?: string
}

/**
 * One machine that zdt reaches. Three implementations (ssh, openssh, local) keep one contract (test/unit/hosts).
 * Throws HostUnreachable when the connection dies, HostTimeout, BecomeRefused when sudo says no.
 */
export interface Host {
  readonly name: HostName
  /** Runs an argument vector; no shell reads it. With LC_ALL=C, and with the sbin directories on the PATH. */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>
  /** A file's bytes. Throws NoSuchFile when there is none, FileRefused when it may not be read. */
  read(path: string, options?: FileOptions): Promise<Buffer>
  /**
   * Replaces a file in one step: temp file in the same directory, fsync, owner, mode, xattrs and label as before,
   * rename. Works on a running binary too, where writing in place gives ETXTBSY (TRAPS: Linux). A symbolic link stays.
   * Throws NoSuchFile with the directory's name when that is missing, FileRefused when it may not be written.
   */
  write(path: string, content: string | Uint8Array, options?: WriteOptions): Promise<void>
  /**
   * Opens a unix socket on the host. `as: 'login'`: through the connection itself, or by a relay that runs on the host
   * (perl, python3 or socat, whichever it has). `as: 'root'`: by that relay through `sudo -n`. Without `as`: as the
   * login user, and where that is refused as root; which way worked is remembered for the path.
   * Ending the writable side half-closes. A connection that dies is an error of the stream, never its end.
   * Throws SocketRefused with the system's words (no such file, permission denied, connection refused).
   */
  connect(socketPath: string, options?: ConnectOptions): Promise<Duplex>
  close(): Promise<void>
}

/** The hosts of a run: each is connected to once, when it is first asked for. */
export interface Hosts {
  /** Throws what Host throws when it cannot be reached, and HostKeyRefused. */
  on(name: HostName): Promise<Host>
  closeAll(): Promise<void>
}
