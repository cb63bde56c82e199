import type { Duplex } from 'node:stream'
import { SocketRefused } from '../../hosts/errors.ts'
import type { Host } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import { timeLimit } from '../../lib/time-limit.ts'
import type { Millis } from '../../lib/types.ts'
import { isWorkerGone } from './answers.ts'
import { isQuestion } from './commands.ts'
import { HaproxySilent, NoRuntimeSocket, UnfitForCli, WorkerGone } from './errors.ts'

export interface AskOptions {
  /** For the whole round, from opening the socket to the last byte; default 5 s. */
  readonly timeout?: Millis
  readonly signal?: AbortSignal
}

const patience: Millis = 5000

/** Reads to the end; HAProxy closes once it has answered. Stopping early misreads long answers. */
async function readAll(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  let tail = ''
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    stream.end()
    chunks.push(chunk)
    tail = (tail + chunk.toString('latin1')).slice(-100)
    if (isWorkerGone(tail)) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Says one line, half-closes (HAProxy then closes after its answer; a worker would without, a master never), and reads
 * to the end. A question that the master passes on is half-closed only once the answer has begun: when the worker has
 * left, a half-close that comes too early makes 3.0's master keep that connection for good, about once in 300 times, and
 * the tenth of these is the last: its socket answers nobody until it is reloaded by signal. Later, none in 3000.
 */
async function converse(
  host: Host,
  socket: string,
  line: string,
  options: { readonly timeout: Millis; readonly signal: AbortSignal; readonly looks: boolean },
): Promise<string> {
  const { signal } = options
  const stream = await host.connect(socket, options)
  const stop = () => stream.destroy(new Error('aborted'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    signal.throwIfAborted()
    if (line.startsWith('@')) stream.write(line)
    else stream.end(line)
    return await readAll(stream)
  } finally {
    signal.removeEventListener('abort', stop)
    stream.destroy()
  }
}

/** Says `text`, made of `commands`, on one connection, and hears all that comes back. */
export async function hear(
  host: Host,
  socket: string,
  commands: readonly string[],
  text: string,
  { timeout = patience, signal }: AskOptions = {},
): Promise<string> {
  for (const command of commands) {
    // One of these in a name would end its command and begin another.
    if (/[;\n\r\0\\]/.test(command) || command.trim() === '') throw new UnfitForCli('command', command)
  }
  const where = { host: host.name, socket }
  const clock = timeLimit(timeout)
  const either = signal === undefined ? clock : AbortSignal.any([clock, signal])
  // By the words themselves: an order must never pass a guard by, whoever sends it.
  const opening = { timeout, signal: either, looks: commands.every(isQuestion) }
  const said = await converse(host, socket, text, opening).catch((error: unknown) => {
    signal?.throwIfAborted()
    if (error instanceof SocketRefused) throw new NoRuntimeSocket({ ...where, said: error.said, cause: error })
    // The host's own troubles are not HAProxy's.
    if (error instanceof ZdtError) throw error
    if (clock.aborted) throw new HaproxySilent({ ...where, said: `no answer within ${timeout} ms`, cause: error })
    throw new HaproxySilent({ ...where, said: (error as Error).message, cause: error })
  })
  if (said === '') throw new HaproxySilent({ ...where, said: 'it closed the connection without an answer' })
  if (isWorkerGone(said)) throw new WorkerGone({ ...where, said: said.trim().split('\n').at(-1) })
  return said
}
