import type { Duplex, Readable } from 'node:stream'
import { timeLimit } from '../lib/time-limit.ts'
import { refuseIfSudoSaidNo, type Become } from './become.ts'
import { HostTimeout, SocketRefused } from './errors.ts'
import type { Starter } from './helpers.ts'
import type { As, FileOptions, Guard } from './host.ts'
import { Joined } from './joined.ts'
import { relayCommand } from './relay.ts'
import { defaultTimeout } from './run.ts'
import type { Running, Transport } from './transport.ts'

/** How a socket is reached: over the connection itself, or by a relay that runs on the host. */
export type Way = 'forward' | As

/**
 * The ways to try, best first. A forward tells only that it failed; the relay after it tells why. What is `guarded`
 * goes by a relay: a forward runs nothing on the host that a guard could stand before.
 */
export function waysTo(
  transport: Pick<Transport, 'forward' | 'isRoot'>,
  become: Become,
  as?: As,
  guarded = false,
): readonly Way[] {
  const forward: readonly Way[] = transport.forward === undefined || guarded ? [] : ['forward']
  if (transport.isRoot || become === 'none' || as === 'login') return [...forward, 'login']
  return as === 'root' ? ['root'] : [...forward, 'root']
}

/** A host's sockets, as far as they were opened. */
export interface Reach {
  readonly transport: Transport
  readonly become: Become
  readonly starter: Starter
  /** Which way worked, for each socket. */
  readonly worked: Map<string, Way>
}

/**
 * Opens the unix socket `path`, by the way that worked the last time if one did. Throws SocketRefused with the
 * system's words, BecomeRefused, HostTimeout or HostUnreachable.
 */
export async function openSocket(
  reach: Reach,
  path: string,
  { as, timeout = defaultTimeout, signal, guard }: FileOptions,
): Promise<Duplex> {
  const { transport, become, worked } = reach
  const key = `${as ?? ''}:${guard === undefined ? '' : 'guarded'}:${path}`
  const ways = waysTo(transport, become, as, guard !== undefined)
  const known = worked.get(key)
  const order = known === undefined ? ways : [known, ...ways.filter((way) => way !== known)]
  let refused: unknown
  for (const way of order) {
    signal?.throwIfAborted()
    try {
      const opening = way === 'forward' ? forward(transport, path) : relay(reach, way, path, guard)
      const socket = await within(opening, timeout, signal, () => new HostTimeout(path, { host: transport.name }))
      worked.set(key, way)
      return socket
    } catch (error) {
      if (!(error instanceof SocketRefused)) throw error
      refused = error
    }
  }
  throw refused
}

async function forward(transport: Transport, path: string): Promise<Duplex> {
  if (transport.forward === undefined) throw new SocketRefused(path, { host: transport.name })
  return transport.forward(path)
}

async function relay({ transport, starter }: Reach, as: As, path: string, guard: Guard | undefined): Promise<Duplex> {
  const { name: host } = transport
  const guarded = await guard?.before()
  const running =
    guarded === undefined
      ? await starter.relay(as, path)
      : await starter.start(as, [...guarded.words, ...relayCommand(path)])
  running.stdin.on('error', () => {})
  if (guarded !== undefined) running.stdin.write(guarded.input)
  const stderr: Buffer[] = []
  running.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const said = await firstLine(running.stdout)
  const answer = async () => ({ code: await running.code, stdout: Buffer.alloc(0), stderr: Buffer.concat(stderr) })
  if (said?.startsWith('0 ') === true) {
    return joinRelay(running, async () => {
      const { code } = guard?.heard(await answer(), host) ?? (await answer())
      if (code !== 0) throw new SocketRefused(path, { host, said: `the relay ended with ${code}` })
    })
  }
  running.stdin.end()
  if (said === undefined) {
    const ended = await answer()
    refuseIfSudoSaidNo(host, ended)
    guard?.heard(ended, host)
  }
  running.code.catch(() => {})
  running.drop()
  throw new SocketRefused(path, {
    host,
    said: said?.replace(/^\d+ /, '') ?? Buffer.concat(stderr).toString().trim(),
    suggestions: [`look at it there: ls -l ${path}`],
  })
}

function joinRelay(running: Running, wasClean: () => Promise<void>): Duplex {
  running.code.catch(() => {})
  return new Joined({
    readable: running.stdout,
    writable: running.stdin,
    drop: () => running.drop(),
    wasClean,
  })
}

/** The first line, without its end; what follows stays in the stream. Undefined when the stream ends before. */
function firstLine(stream: Readable): Promise<string | undefined> {
  return new Promise((resolve) => {
    let held = Buffer.alloc(0)
    const finish = (line?: string): void => {
      stream.off('readable', onReadable).off('end', onEnd).off('close', onEnd)
      resolve(line)
    }
    const onEnd = (): void => finish()
    const onReadable = (): void => {
      for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
        held = Buffer.concat([held, chunk])
        const end = held.indexOf('\n')
        if (end === -1) continue
        const line = held.subarray(0, end).toString()
        if (held.length > end + 1) stream.unshift(held.subarray(end + 1))
        return finish(line)
      }
    }
    stream.on('readable', onReadable).once('end', onEnd).once('close', onEnd)
  })
}

/** Waits for `opening`; when time is over or the signal is aborted, whatever opens later is closed again. */
async function within(
  opening: Promise<Duplex>,
  timeout: number,
  signal: AbortSignal | undefined,
  late: () => Error,
): Promise<Duplex> {
  const over = AbortSignal.any([timeLimit(timeout), ...(signal === undefined ? [] : [signal])])
  let stop: (() => void) | undefined
  const cut = new Promise<never>((_resolve, reject) => {
    stop = (): void => reject(signal?.aborted === true ? (signal.reason as Error) : late())
    over.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([opening, cut])
  } catch (error) {
    opening.then(
      (socket) => socket.destroy(),
      () => {},
    )
    throw error
  } finally {
    if (stop !== undefined) over.removeEventListener('abort', stop)
  }
}
