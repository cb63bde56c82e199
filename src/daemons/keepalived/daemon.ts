import { BecomeRefused } from '../../hosts/errors.ts'
import type { Host } from '../../hosts/host.ts'
import type { Millis } from '../../lib/types.ts'
import { parseUnit, showUnit } from '../systemd/unit.ts'

/** Keepalived on one host. Whether it is master or backup is not its to say: see vip.ts. */
export type KeepalivedDaemon = {
  readonly running: boolean
  readonly pid?: number
  /** What runs, not what lies on disk; undefined when it does not run, or zdt may not become root. */
  readonly version?: string
}

/** Reads `Keepalived v2.3.3 (03/30,2025)`, which `keepalived --version` prints to stderr. */
export function versionIn(stderr: string): string | undefined {
  return /^Keepalived v(\S+)/m.exec(stderr)?.[1]
}

/**
 * Is Keepalived running, and which? Asks systemd for the pid and the process's own executable for its version, which
 * works for one that was replaced on disk as well. Throws what Host.run throws.
 */
export async function keepalivedDaemon(
  host: Host,
  unit: string,
  options: { readonly timeout?: Millis; readonly signal?: AbortSignal } = {},
): Promise<KeepalivedDaemon> {
  const shown = await host.run(showUnit(unit), options)
  const { mainPid, activeState } = parseUnit(shown.stdout.toString('utf8'))
  if (mainPid === null || !/^(active|reloading)$/.test(activeState)) return { running: false }
  const said = await host
    .run([`/proc/${mainPid}/exe`, '--version'], { ...options, as: 'root' })
    .catch((error: unknown) => {
      if (error instanceof BecomeRefused) return undefined
      throw error
    })
  return { running: true, pid: mainPid, version: said && versionIn(said.stderr.toString('utf8')) }
}
