import type { Host } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { Millis } from '../../lib/types.ts'
import { unitFamily, type FamilyOptions, type UnitFamily } from '../systemd/family.ts'
import { showInfo, toWorker } from './commands.ts'
import { parseInfo, type Info } from './info.ts'
import type { AskOptions } from './conversation.ts'
import { ask } from './runtime.ts'
import { processes, type Processes } from './workers.ts'

/** Everything about HAProxy's processes on one host at one moment. Plain data: it may be journaled and shown. */
export type HaproxyPicture = UnitFamily & {
  /** The master's socket (`-S`); null when it was started without. */
  readonly masterSocket: string | null
  /** The master's own word. Null when it does not give it: `silent` says why. */
  readonly family: Processes | null
  readonly silent: string | null
  /** The newest worker's own word; null when there is none, or it does not answer. */
  readonly worker: Info | null
}

/** `-S /run/haproxy-master.sock,level,admin`, also `unix@…`; a TCP address is none that zdt opens. */
export function masterSocketIn(argv: readonly string[]): string | null {
  const place = argv.indexOf('-S')
  const [address = ''] = place < 0 ? [] : (argv[place + 1] ?? '').split(',')
  const path = address.replace(/^unix@/, '')
  return path.startsWith('/') ? path : null
}

/**
 * Looks at HAProxy's processes on `host`, as root, without changing anything, and asks master and newest worker. A master that
 * does not answer within `patience` (default 3 s) is a finding (`silent`). Throws UnitUnreadable, and what Host throws.
 */
export async function haproxyPicture(
  host: Host,
  unit: string,
  { patience = 3000, ...options }: FamilyOptions & { readonly patience?: Millis } = {},
): Promise<HaproxyPicture> {
  const seen = await unitFamily(host, unit, options)
  const masterSocket = masterSocketIn(seen.master?.argv ?? [])
  const silence = (silent: string) => ({ ...seen, masterSocket, family: null, silent, worker: null })
  if (masterSocket === null) return silence('it has no master socket (-S)')
  const asking = { timeout: patience, ...(options.signal && { signal: options.signal }) }
  try {
    const family = await processes(host, masterSocket, asking)
    if (family === undefined) return silence(`${masterSocket} is not a master's`)
    const pid = family.workers.at(-1)?.pid
    const worker = pid === undefined ? null : await workerInfo(host, masterSocket, pid, asking)
    return { ...seen, masterSocket, family, silent: null, worker }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof ZdtError) || !error.code.startsWith('haproxy-')) throw error
    return silence([error.message, error.said].filter(Boolean).join(': '))
  }
}

/** Null when it left while it was asked, or does not answer yet: the next look tells. */
async function workerInfo(host: Host, masterSocket: string, pid: number, options: AskOptions): Promise<Info | null> {
  try {
    const [answer = ''] = await ask(host, masterSocket, [toWorker(pid, showInfo())], options)
    return parseInfo(answer)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof ZdtError) || !error.code.startsWith('haproxy-')) throw error
    return null
  }
}
