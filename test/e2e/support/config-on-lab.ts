import { expect } from 'vitest'
import type { ConfigDaemon } from '../../../src/daemons/config-daemon.ts'
import type { Reloaded } from '../../../src/daemons/reload.ts'
import type { ConfigTrial } from '../../../src/daemons/trial/report.ts'
import type { Json } from '../../../src/lib/types.ts'
import { hostOnLab } from './host-on-lab.ts'
import type { Lab } from './lab.ts'

/** A daemon's configuration on a lab host, and hands to try it, to put it there and to reload it. */
export interface ConfigOnLab<Seen> {
  /** A line for root's shell. Rejects unless it ends with 0. */
  sh(line: string): Promise<string>
  /** Tries what an edit makes of the good configuration; nothing is changed. */
  tried(edit: (text: string) => string): Promise<ConfigTrial>
  /** Puts an edited configuration in its place, as somebody would who checks nothing. */
  put(edit: (text: string) => string): Promise<void>
  look(): Promise<Seen>
  /** Orders a reload and looks until it is judged. */
  reloaded(): Promise<Reloaded>
  /** Keeps what is there now as the good one. */
  keep(): Promise<void>
}

/** On a machine that is busy with other labs a round trip may take a second. */
const patience = 30_000

export function configOnLab<Seen extends Json>(
  lab: Lab,
  { host: name, daemon, unit, path }: { host: string; daemon: ConfigDaemon<Seen>; unit: string; path: string },
): ConfigOnLab<Seen> {
  const host = hostOnLab(lab, name)
  let good = ''
  const sh = async (line: string): Promise<string> => {
    const { code, stdout, stderr } = await host.run(['sh', '-c', line], { as: 'root' })
    if (code !== 0) throw new Error(`${line}: ${stderr.toString()}`)
    return stdout.toString()
  }
  const write = (to: string, text: string) => sh(`echo ${Buffer.from(text).toString('base64')} | base64 -d > ${to}`)
  const look = () => daemon.running(host, unit)
  return {
    sh,
    look,
    keep: async () => {
      good = await sh(`cat ${path}`)
    },
    put: async (edit) => {
      await write(path, edit(good))
    },
    tried: async (edit) => {
      const staged = '/root/staged.conf'
      await write(staged, edit(good))
      return await daemon.tryConfig(host, { unit, files: [{ path, staged }] })
    },
    reloaded: async () => {
      const before = await look()
      await daemon.orderReload(host, before)
      let verdict: Reloaded | undefined
      await expect
        .poll(
          async () => {
            verdict = daemon.reloadTook(before, await daemon.running(host, unit, { since: before }))
            return verdict.done || verdict.failed !== undefined ? 'judged' : verdict.awaiting
          },
          { timeout: patience },
        )
        .toBe('judged')
      return verdict as unknown as Reloaded
    },
  }
}
