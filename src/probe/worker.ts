import { parentPort, workerData } from 'node:worker_threads'
import { Board } from './board.ts'
import { Prober, type Report } from './prober.ts'
import type { ProbeOptions } from './options.ts'

/** What the thread is started with. */
export interface WorkerData {
  readonly options: Required<ProbeOptions>
  readonly memory: SharedArrayBuffer
}

/** What the thread is asked for. The answer is a Report; after `stop` the thread ends. */
export type Ask = 'snapshot' | 'stop'

/** What the thread says: once that it has begun, then one report for each ask, in order. */
export type Said = { readonly begun: true } | { readonly begun: false; readonly report: Report }

const { options, memory } = workerData as WorkerData
const prober = new Prober(options, new Board(memory))
const say = (said: Said) => parentPort?.postMessage(said, [])

parentPort?.on('message', (asked: Ask) => {
  if (asked === 'snapshot') say({ begun: false, report: prober.report() })
  else void prober.stop().then((report) => (say({ begun: false, report }), parentPort?.close()))
})
prober.start()
say({ begun: true })
