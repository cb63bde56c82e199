import type { Host } from '../../hosts/host.ts'
import type { AskOptions } from './conversation.ts'

/*
 * Twenty servers of a backend are looked at by twenty steps, each for itself, and most of them in the same moment: a
 * conversation each would be most of what a rollout takes.
 */

/** A question on its way; who asks the same meanwhile is answered by the next, for this one may have been asked too early. */
interface Flight<Answer> {
  readonly running: Promise<Answer>
  next?: Promise<Answer>
}

/** One answer for all who ask the same of a host in the same moment: never one to a question that was put before they asked. */
export class SharedQuestions<Answer> {
  readonly #flights = new WeakMap<Host, Map<string, Flight<Answer>>>()

  ask(host: Host, key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const flights = this.#flights.get(host) ?? new Map<string, Flight<Answer>>()
    this.#flights.set(host, flights)
    const now = flights.get(key)
    if (now) {
      now.next ??= now.running.then(ignore, ignore).then(() => {
        flights.delete(key)
        return this.ask(host, key, ask)
      })
      return now.next
    }
    const running = ask()
    const flight: Flight<Answer> = { running }
    flights.set(key, flight)
    const over = () => {
      if (!flight.next) flights.delete(key)
    }
    running.then(over, over)
    return running
  }
}

interface Waiting {
  readonly orders: readonly string[]
  readonly answered: (answers: readonly string[]) => void
  readonly failed: (error: unknown) => void
}

/** Orders that wait for one that is under way go together, in one conversation, each to be answered for itself. */
export class JoinedOrders {
  readonly #queues = new WeakMap<Host, Map<string, Waiting[]>>()

  tell(
    host: Host,
    key: string,
    orders: readonly string[],
    send: (all: readonly string[]) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const queues = this.#queues.get(host) ?? new Map<string, Waiting[]>()
    this.#queues.set(host, queues)
    return new Promise((answered, failed) => {
      const queue = queues.get(key)
      if (queue) {
        queue.push({ orders, answered, failed })
        return
      }
      const own: Waiting[] = [{ orders, answered, failed }]
      queues.set(key, own)
      void sendAll(own, send, () => queues.delete(key))
    })
  }
}

/** `over` is called in the very moment in which nothing waits any more: who came after that would wait for ever. */
async function sendAll(
  queue: Waiting[],
  send: (all: readonly string[]) => Promise<readonly string[]>,
  over: () => void,
): Promise<void> {
  while (queue.length > 0) {
    const together = fitting(queue)
    try {
      const answers = [...(await send(together.flatMap(({ orders }) => orders)))]
      for (const { orders, answered } of together) answered(answers.splice(0, orders.length))
    } catch (error) {
      for (const { failed } of together) failed(error)
    }
  }
  over()
}

/** HAProxy reads a line of at most tune.bufsize, 16 KiB where nobody has set it: far more than these. */
const most = 40

function fitting(queue: Waiting[]): Waiting[] {
  let count = 0
  const beyond = queue.findIndex(({ orders }, index) => (count += orders.length) > most && index > 0)
  return queue.splice(0, beyond === -1 ? queue.length : beyond)
}

const numbers = new WeakMap<AbortSignal, number>()
let last = 0

/** What may go together: the same socket, the same patience, the same end. */
export function keyOf(socket: string, { timeout, signal }: AskOptions = {}): string {
  if (signal && !numbers.has(signal)) numbers.set(signal, ++last)
  return `${socket} ${timeout ?? ''} ${signal ? numbers.get(signal) : ''}`
}

function ignore(): void {
  // Whoever asked has been told.
}
