import type { Host } from '../../hosts/host.ts'
import { showProc } from './commands.ts'
import type { AskOptions } from './conversation.ts'
import { ask } from './runtime.ts'

/** A process as the master lists it. */
export type Process = {
  readonly pid: number
  readonly reloads: number
  readonly uptimeSeconds: number
  readonly version: string
}

/** The master and its workers. */
export type Processes = {
  readonly master: Process & { readonly failedReloads: number }
  readonly workers: readonly Process[]
  /** Workers from before a reload that live until their last session ends. */
  readonly leaving: readonly Process[]
}

function secondsOf(uptime: string): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = /^(\d+)d(\d+)h(\d+)m(\d+)s$/.exec(uptime) ?? []
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)
}

/**
 * Reads the master's `show proc` (management guide §9.4). Sections are comments (`# workers`, `# old workers`), the
 * columns pid, type, reloads (`3 [failed: 0]` for the master), uptime, version; the same on 2.6 and 3.0.
 * Returns undefined when it is no such list: a socket that is not a master's.
 */
export function parseProcesses(answer: string): Processes | undefined {
  let section = ''
  let master: Processes['master'] | undefined
  const workers: Process[] = []
  const leaving: Process[] = []
  for (const line of answer.split('\n')) {
    if (line.startsWith('# ')) section = line.slice(2).trim()
    const [, pid, type, reloads, failed = '0', uptime = '', version = ''] =
      /^(\d+)\s+(\w+)\s+(\d+)(?: \[failed: (\d+)\])?\s+(\d+d\d+h\d+m\d+s)\s+(\S+)/.exec(line) ?? []
    const process = { pid: Number(pid), reloads: Number(reloads), uptimeSeconds: secondsOf(uptime), version }
    if (type === 'master') master = { ...process, failedReloads: Number(failed) }
    if (type === 'worker') (section === 'old workers' ? leaving : workers).push(process)
  }
  return master && { master, workers, leaving }
}

/** Asks the master for its workers. Throws what `ask` throws; undefined when the socket is not a master's. */
export async function processes(
  host: Host,
  masterSocket: string,
  options?: AskOptions,
): Promise<Processes | undefined> {
  const [answer = ''] = await ask(host, masterSocket, [showProc()], options)
  return parseProcesses(answer)
}
