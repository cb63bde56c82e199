import { constants } from 'node:os'
import { createConnection } from 'node:net'
import { PassThrough, type Duplex } from 'node:stream'
import type { HostName } from '../lib/types.ts'
import { HostUnreachable, SocketRefused } from './errors.ts'
import { Slots } from './slots.ts'
import type { Running, StartOptions, Transport } from './transport.ts'

/** This machine itself, without ssh. As many commands at once as elsewhere, so that nothing works here alone. */
export async function localTransport(name: HostName, env: NodeJS.ProcessEnv): Promise<Transport> {
  const { execa } = await import('execa')
  const slots = new Slots(8)
  const under = new Set<Running>()
  let closed = false

  async function start(argv: readonly string[], { signal, urgent }: StartOptions = {}): Promise<Running> {
    const release = urgent === true ? (): void => {} : await slots.take(signal)
    if (closed) throw new HostUnreachable({ host: name, said: 'it was closed' })
    const [file = '', ...args] = argv
    // In a process group of its own: a Ctrl-C in the terminal is for zdt, which decides what becomes of the command.
    const child = execa(file, args, {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
      buffer: false,
      reject: false,
      detached: true,
      extendEnv: false,
      env: { ...env, LC_ALL: 'C', PATH: `${env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` },
    })
    const stderr = new PassThrough()
    child.stderr.pipe(stderr, { end: false })
    const code = child.then((result) => {
      release()
      // As a shell says it: 127 when there is no such program, 126 when it is none.
      if (result.exitCode === undefined && result.signal === undefined) {
        stderr.write(
          `${file}: ${result.code === 'ENOENT' ? 'not found' : (result.originalMessage ?? 'cannot be run')}\n`,
        )
      }
      stderr.end()
      return exitCode(result)
    })
    const running: Running = {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr,
      code,
      group: () => child.pid,
      drop: () => {
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
        endGroup(child.pid)
      },
    }
    under.add(running)
    void code.finally(() => under.delete(running))
    return running
  }

  return {
    name,
    isRoot: process.getuid?.() === 0,
    isLocal: true,
    alive: () => !closed,
    start,
    onCrowded: (letGo) => slots.onCrowded(letGo),
    forward: (path) => openLocal(name, path),
    async close() {
      closed = true
      for (const running of under) running.drop()
    },
  }
}

function exitCode(result: { readonly exitCode?: number; readonly signal?: string; readonly code?: string }): number {
  if (result.exitCode !== undefined) return result.exitCode
  if (result.signal !== undefined) return 128 + (constants.signals[result.signal as NodeJS.Signals] ?? 0)
  return result.code === 'ENOENT' ? 127 : 126
}

function endGroup(group: number | undefined): void {
  try {
    if (group !== undefined) process.kill(-group, 'SIGKILL')
  } catch {
    // It has ended by itself, or is root's: then it was ended by a command with root's rights.
  }
}

const words: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  ECONNREFUSED: 'Connection refused',
}

function openLocal(host: string, path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path, allowHalfOpen: true })
    const refuse = (cause: NodeJS.ErrnoException): void =>
      reject(new SocketRefused(path, { host, said: words[cause.code ?? ''] ?? cause.message, cause }))
    socket.once('error', refuse)
    socket.once('connect', () => {
      socket.off('error', refuse)
      // As over ssh: once the other side has ended, the stream ends as a whole.
      socket.once('end', () => socket.end())
      resolve(socket)
    })
  })
}
