import { join } from 'node:path'
import { packageDir } from '../../../src/lab/paths.ts'
import { parseLoad } from '../../../src/lab/demo/load.ts'
import type { Ledger } from '../../../src/probe/ledger.ts'
import { templatePath } from '../../../src/render/render.ts'
import type { Lab } from '../support/lab.ts'
import { startInLab } from '../support/running.ts'
import { vip } from '../support/shop.ts'

/** What was sent through the VIP, and what of it came to nothing, in words. */
export interface Traffic {
  readonly sent: number
  readonly lost: number
  readonly how: readonly string[]
}

/**
 * Starts wrk (six keep-alive connections, at most 50 requests a second each, of which every 25th ends one, so that a
 * hand-off can end) and zdt's probe (25 a second).
 */
export async function startLoad(lab: Lab, path: string): Promise<() => Promise<Traffic>> {
  const lua = templatePath('lab/demo/load.lua')
  const given = { timeout: 300_000 }
  const [wrk, probe] = await Promise.all([
    startInLab(lab, ['wrk', '-t', '1', '-c', '6', '-d', '300s', '-s', lua, `${vip}/`, '--', '25'], given),
    startInLab(lab, [process.execPath, join(packageDir, 'dist/probe/alone.js'), `${vip}${path}`, '25'], given),
  ])
  return async () => {
    // Either tells what it has counted when it is told to end.
    wrk.signal('SIGINT')
    probe.end()
    const [load, seen] = await Promise.all([wrk.ended, probe.ended])
    const { requests, lost } = parseLoad(load.stdout, load.stderr)
    const ledger = JSON.parse(seen.stdout) as Ledger
    const byWrk = Object.entries(lost).filter(([, count]) => count > 0)
    return {
      sent: requests + ledger.total.sent,
      lost: byWrk.reduce((sum, [, count]) => sum + count, 0) + ledger.total.lost,
      how: [
        ...byWrk.map(([how, count]) => `wrk lost ${count} (${how})`),
        ...ledger.losses.map(({ at, cause }) => `the probe lost one at ${at}: ${cause}`),
      ],
    }
  }
}
