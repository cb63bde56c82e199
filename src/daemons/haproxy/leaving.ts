import type { Host } from '../../hosts/host.ts'
import { sleep } from '../../lib/clock.ts'
import type { Millis } from '../../lib/types.ts'
import { AnswerUnreadable, HaproxySilent, WorkerGone } from './errors.ts'
import type { AskOptions } from './conversation.ts'
import { processes } from './workers.ts'

/** How long the master may go on listing a worker that has ended in mid-answer, and between two looks at its list. */
const [grace, pause]: readonly [Millis, Millis] = [1000, 50]

/**
 * What a leaving worker answers; undefined once it has left. One whose last session ends exits at once, also in the
 * middle of an answer: then there is half of it, or none, and only the master's list tells that it has left.
 * Throws what the question throws when the worker is still there.
 */
export async function unlessGone<T>(
  host: Host,
  { masterSocket, pid }: { readonly masterSocket: string; readonly pid: number },
  question: () => Promise<T>,
  options?: AskOptions,
): Promise<T | undefined> {
  try {
    return await question()
  } catch (error) {
    if (error instanceof WorkerGone) return undefined
    const cutShort = error instanceof AnswerUnreadable || error instanceof HaproxySilent
    if (cutShort && (await hasLeft(host, masterSocket, pid, options))) return undefined
    throw error
  }
}

async function hasLeft(host: Host, masterSocket: string, pid: number, options?: AskOptions): Promise<boolean> {
  for (const until = performance.now() + grace; ; await sleep(pause, options?.signal)) {
    const family = await processes(host, masterSocket, options)
    if (family === undefined) return false
    if (![...family.workers, ...family.leaving].some((worker) => worker.pid === pid)) return true
    if (performance.now() > until) return false
  }
}
