import { Worker } from 'node:worker_threads'
import { Board, type Glance } from './board.ts'
import { emptyAccount, merged, tallyOf, type Ledger } from './ledger.ts'
import { checkedOptions, type ProbeOptions } from './options.ts'
import type { Report } from './prober.ts'
import type { Ask, Said, WorkerData } from './worker.ts'

/** Traffic that is being sent and counted, in a thread of its own. */
export interface Probe {
  /** From the next request on, requests belong to this step; '' is the baseline. A label that comes again goes on. */
  mark(label: string): void
  /** How many there have been, without asking the thread: for a screen that is drawn often. */
  glance(): Glance
  /** The ledger as it stands. Requests that are neither answered nor lost are in flight. */
  snapshot(): Promise<Ledger>
  /** Sends no more, waits for what is in flight (at most the request timeout), and returns the final ledger. */
  stop(): Promise<Ledger>
}

/**
 * Starts to send `rate` requests a second to `url`; resolves when the first one is on its way.
 * Throws a ZdtError (exit usage) for options out of bounds. The probe does not keep the process alive.
 */
export async function startProbe(options: ProbeOptions): Promise<Probe> {
  const checked = checkedOptions(options)
  const board = new Board()
  const labels = ['']
  const thread = startThread({ options: checked, memory: board.memory })
  await thread.begun
  let stopped: Promise<Report> | undefined
  const ledger = (report: Report) => ledgerOf(report, checked, labels)
  return {
    mark(label) {
      const known = labels.indexOf(label)
      board.step = known === -1 ? labels.push(label) - 1 : known
    },
    glance: () => board.glance(),
    snapshot: async () => ledger(await (stopped ?? thread.ask('snapshot'))),
    async stop() {
      stopped ??= thread.ask('stop')
      return ledger(await stopped)
    },
  }
}

function startThread(workerData: WorkerData) {
  // From source under Node's own type stripping, and from dist as it was built.
  const file = import.meta.url.endsWith('.ts') ? '../probe/worker.ts' : '../probe/worker.js'
  const worker = new Worker(new URL(file, import.meta.url), { workerData, execArgv: [], name: 'zdt probe' })
  const asked: { resolve: (report: Report) => void; reject: (error: unknown) => void }[] = []
  const begun = Promise.withResolvers<void>()
  let death: unknown
  const fail = (error: unknown) => {
    death ??= error
    begun.reject(error)
    for (const { reject } of asked.splice(0)) reject(error)
  }
  worker.on('message', (said: Said) => {
    if (said.begun) begun.resolve()
    else asked.shift()?.resolve(said.report)
    // Waiting for an answer keeps the process alive; sending requests does not.
    if (asked.length === 0) worker.unref()
  })
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('the probe has ended')))
  return {
    begun: begun.promise,
    async ask(what: Ask): Promise<Report> {
      if (death !== undefined) throw death
      const answer = Promise.withResolvers<Report>()
      asked.push(answer)
      worker.ref()
      worker.postMessage(what, [])
      return await answer.promise
    },
  }
}

function ledgerOf(report: Report, { url, rate }: ProbeOptions, labels: readonly string[]): Ledger {
  const { accounts, losses, duration, selfDelayMax, startedAt, state } = report
  const [baseline = emptyAccount(), ...rest] = accounts
  const label = (step: number) => labels[step] ?? ''
  return {
    url,
    rate,
    startedAt,
    duration: Math.round(duration),
    state,
    total: tallyOf(merged([baseline, ...rest.filter((account) => account !== undefined)])),
    baseline: tallyOf(baseline),
    steps: labels.slice(1).map((name, index) => ({ label: name, tally: tallyOf(rest[index] ?? emptyAccount()) })),
    losses: losses.map(({ step, lostIn, ...loss }) => ({
      ...loss,
      step: label(step),
      ...(lostIn !== step && { lostIn: label(lostIn) }),
    })),
    selfDelayMax: Math.round(selfDelayMax * 100) / 100,
  }
}
