import { readdir } from 'node:fs/promises'
import { execa } from 'execa'
import { demoScenes, newestNginx, type Scene } from './demo/scenes.ts'
import { startTraffic, type Traffic } from './demo/traffic.ts'
import { labDown } from './down.ts'
import { LabError, NoLabHere } from './errors.ts'
import { labEnvironment } from './exec.ts'
import { inNetwork } from './network.ts'
import { labPaths } from './paths.ts'
import { isOnPath, refuseWithoutLab } from './possible.ts'
import { readRecord } from './record.ts'
import type { Say } from './say.ts'
import { labShape, standardHosts } from './shape.ts'
import { labUp } from './up.ts'

/** The lab of the demo is its own: it is taken away when the demo begins and when it ends. */
export const demoLab = 'demo'

/** How a demo came out. */
export interface Demonstrated extends Traffic {
  /** The command that ended it early, and its exit code. */
  readonly failed?: { readonly scene: Scene; readonly code: number }
}

/** What a demo is given. */
export interface Audience {
  readonly say: Say
  /** Called before each scene, with its number from 1. */
  readonly announce: (scene: Scene, number: number) => void
  /** Ends the demo; the lab is then taken away in any case. */
  readonly stop: AbortSignal
  /** Leaves the lab up. */
  readonly keep: boolean
}

/** Brings up a fresh lab, changes it under traffic as an operator would, and takes it away. Undefined when stopped. */
export async function labDemo(audience: Audience): Promise<Demonstrated | undefined> {
  const { say, stop, keep } = audience
  refuseWithoutLab()
  if (!isOnPath('wrk')) throw new NoLabHere('wrk not found (npm run setup installs what is missing)')
  try {
    // One that was kept has been changed already.
    await labDown(demoLab, () => undefined)
    await labUp(labShape({ name: demoLab, suite: 'trixie', hosts: standardHosts, scale: 0 }), say)
    return stop.aborted ? undefined : await perform(audience)
  } catch (error) {
    // What fails after Ctrl-C, which reaches every child as well, fails because of it.
    if (!stop.aborted) throw error
    return undefined
  } finally {
    if (!keep || stop.aborted) await labDown(demoLab, say)
  }
}

async function perform({ announce, stop }: Audience): Promise<Demonstrated | undefined> {
  const lab = labPaths(demoLab)
  const record = await readRecord(lab)
  if (record === undefined) throw new LabError(`The lab ${demoLab} is not up.`)
  const cwd = record.binaries
  const scenes = demoScenes(newestNginx(await readdir(cwd)))
  const env = await labEnvironment(demoLab)
  const traffic = startTraffic(lab)
  let failed: Demonstrated['failed']
  try {
    for (const [index, scene] of scenes.entries()) {
      announce(scene, index + 1)
      traffic.mark(scene.argv.join(' '))
      const [file = '', ...args] = inNetwork(lab, scene.argv)
      // The screen is the command's own, so that it draws as it does for an operator.
      const stdio = ['ignore', 'inherit', 'inherit'] as const
      const { exitCode } = await execa(file, args, { env, cwd, stdio, reject: false, cancelSignal: stop })
      if (stop.aborted) return undefined
      if (exitCode !== 0) {
        failed = { scene, code: exitCode ?? 1 }
        break
      }
    }
  } finally {
    await traffic.stop()
  }
  return { ...(await traffic.stop()), ...(failed && { failed }) }
}
