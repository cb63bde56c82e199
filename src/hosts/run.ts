import type { Readable } from 'node:stream'
import { formatDuration } from '../lib/durations.ts'
import { timeLimit } from '../lib/time-limit.ts'
import type { HostName } from '../lib/types.ts'
import { HostTimeout } from './errors.ts'
import type { Starter } from './helpers.ts'
import type { As, Guard, RunOptions, RunResult } from './host.ts'
import type { Running } from './transport.ts'

/** How long a command may take when nothing else is said: 30 s. */
export const defaultTimeout = 30_000

/** Ends a process group: TERM, and after two seconds KILL. With -s, since dash takes `kill -TERM -- -1` for nonsense. */
const endGroup =
  'kill -s TERM -- "-$1" 2>/dev/null; i=0; while kill -s 0 -- "-$1" 2>/dev/null; do [ $i -lt 20 ] || { kill -s KILL -- "-$1"; break; }; i=$((i + 1)); sleep 0.1; done'

function collect(stream: Readable): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    const done = (): void => resolve(Buffer.concat(chunks))
    stream.once('end', done).once('close', done).once('error', done)
  })
}

type Options = Omit<RunOptions, 'as' | 'guard'> & {
  /** What a guard puts before the command; what ends the command goes without it. */
  readonly guarded?: Awaited<ReturnType<Guard['before']>> | undefined
}

/** Where a command runs, and as whom. */
interface Place {
  readonly name: HostName
  readonly starter: Starter
  readonly as: As
  /** False once the connection has died. */
  readonly alive: () => boolean
}

/** Runs `argv` to its end. Throws HostTimeout, the signal's reason, or HostUnreachable. */
export async function runOn(
  place: Place,
  argv: readonly string[],
  { input, timeout = defaultTimeout, signal, urgent, guarded }: Options,
  later: (ending: Promise<unknown>) => void,
): Promise<RunResult> {
  signal?.throwIfAborted()
  const { name: host, starter, as } = place
  const running = await starter.start(as, [...(guarded?.words ?? []), ...argv], { signal, urgent })
  const answer = Promise.all([running.code, collect(running.stdout), collect(running.stderr)])
  // A command that ends before it has read everything makes the rest unwritable; its exit code tells the story.
  running.stdin.on('error', () => {})
  if (guarded !== undefined) running.stdin.write(guarded.input)
  running.stdin.end(input)

  const clock = timeLimit(timeout)
  const either = signal === undefined ? clock : AbortSignal.any([clock, signal])
  let onAbort: (() => void) | undefined
  const cut = new Promise<never>((_resolve, reject) => {
    onAbort = (): void => {
      const tooLong = { host, said: `after ${formatDuration(timeout)}` }
      reject(signal?.aborted === true ? (signal.reason as Error) : new HostTimeout(argv[0] ?? '', tooLong))
    }
    either.addEventListener('abort', onAbort, { once: true })
    if (either.aborted) onAbort()
  })
  try {
    const [code, stdout, stderr] = await Promise.race([answer, cut])
    return { code, stdout, stderr }
  } catch (error) {
    answer.catch(() => {})
    later(endCommand(place, running))
    throw error
  } finally {
    if (onAbort !== undefined) either.removeEventListener('abort', onAbort)
  }
}

/**
 * Closing a channel kills nothing: sshd only closes the command's pipes. And sshd may not signal what sudo runs as
 * root. So the command's process group is ended by a second command with the same rights.
 */
async function endCommand({ starter, as, alive }: Place, running: Running): Promise<void> {
  const group = running.group()
  if (group !== undefined && alive()) {
    try {
      const ending = await starter.start(as, ['/bin/sh', '-c', endGroup, 'zdt', String(group)], { urgent: true })
      ending.stdin.end()
      ending.stdout.resume()
      ending.stderr.resume()
      const tooLong = setTimeout(() => ending.drop(), 5000)
      await ending.code.finally(() => clearTimeout(tooLong))
    } catch {
      // The connection is gone; with it goes the command's stdin, and nobody waits for it any longer.
    }
  }
  running.drop()
}
