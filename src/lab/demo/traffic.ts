import { join } from 'node:path'
import { execa } from 'execa'
import { templatePath } from '../../render/render.ts'
import { LabCommandFailed } from '../errors.ts'
import { inNetwork } from '../network.ts'
import { packageDir, type LabPaths } from '../paths.ts'
import { parseLoad, type Load } from './load.ts'
import { demoUrls } from './scenes.ts'

/** What was sent through the VIP, and what became of it. */
export interface Traffic {
  /** The ledgers of the probes, one for each of `demoUrls`, as the probe prints them. */
  readonly ledgers: readonly string[]
  readonly load: Load
}

/** Traffic that is under way. */
export interface RunningTraffic {
  /** From now on requests belong to this step. */
  mark(label: string): void
  /** Ends it, and returns what was counted; a second call returns the same. */
  stop(): Promise<Traffic>
}

/** Requests a second of each probe. */
const rate = 50

/** Keep-alive connections of wrk: at most 50 requests a second each, so that two cores have time for the rest. */
const connections = 10

/** The demo is over long before; a wrk that nobody stops must end by itself. */
const longest = '600s'

/** Starts two probes and wrk inside the lab's network. They end with this process at the latest. */
export function startTraffic(lab: LabPaths): RunningTraffic {
  const probes = demoUrls.map((url) => startCounting(lab, url))
  const load = startLoad(lab)
  let stopped: Promise<Traffic> | undefined
  return {
    mark: (label) => {
      for (const probe of probes) probe.mark(label)
    },
    stop: () => {
      stopped ??= Promise.all([load(), ...probes.map((probe) => probe.stop())]).then(([counted, ...ledgers]) => ({
        load: counted,
        ledgers,
      }))
      return stopped
    },
  }
}

/** A probe as a process of its own, as this one is not in the lab's network. */
function startCounting(lab: LabPaths, url: string) {
  const alone = join(packageDir, 'dist/probe/alone.js')
  const [file = '', ...args] = inNetwork(lab, [process.execPath, alone, url, String(rate)])
  const probe = execa(file, args, { reject: false })
  // Should it have ended early, its own words are worth more than a broken pipe.
  probe.stdin.on('error', () => undefined)
  return {
    mark: (label: string) => probe.stdin.write(`${label}\n`),
    stop: async () => {
      probe.stdin.end()
      const { failed, stdout, stderr } = await probe
      if (failed) throw new LabCommandFailed('the probe', stderr)
      return stdout
    },
  }
}

/** Starts wrk; the function that is returned ends it. */
function startLoad(lab: LabPaths): () => Promise<Load> {
  const script = templatePath('lab/demo/load.lua')
  const wrk = ['wrk', '-t', '1', '-c', String(connections), '-d', longest, '-s', script, demoUrls[0]]
  const [file = '', ...args] = inNetwork(lab, ['setpriv', '--pdeathsig=INT', '--', ...wrk])
  const load = execa(file, args, { reject: false })
  return async () => {
    // It tells what it has counted when it is interrupted, as at the end of its time.
    load.kill('SIGINT')
    const { stdout, stderr } = await load
    return parseLoad(stdout, stderr)
  }
}
