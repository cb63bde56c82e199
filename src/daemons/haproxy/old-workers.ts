import type { Host } from '../../hosts/host.ts'
import { formatDuration } from '../../lib/durations.ts'
import { showInfo, showSess, toWorker } from './commands.ts'
import { parseInfo } from './info.ts'
import { unlessGone } from './leaving.ts'
import type { AskOptions } from './conversation.ts'
import { ask } from './runtime.ts'
import { parseSessions, type Session } from './sessions.ts'
import { type Process, processes } from './workers.ts'

/** A worker of before a reload, and whom it still serves. */
export type OldWorker = {
  readonly pid: number
  /** How many reloads ago it was the current one. */
  readonly reloads: number
  readonly upSeconds: number
  /** Connections from clients, idle ones too. */
  readonly connections: number
  /** The longest first, at most `named`. */
  readonly sessions: readonly Session[]
  readonly sessionCount: number
}

/** How many sessions are named, and with how many connections HAProxy is no longer asked to list every one. */
const named = 5
const tooMany = 5000

/** Asks the master for the workers that only finish what they have; none where the socket is no master's. Throws what `ask` throws. */
export async function oldWorkers(host: Host, masterSocket: string, options?: AskOptions): Promise<OldWorker[]> {
  const { leaving = [] } = (await processes(host, masterSocket, options)) ?? {}
  const found = await Promise.all(leaving.map((worker) => lookInto(host, masterSocket, worker, options)))
  return found.filter((worker) => worker !== undefined)
}

async function lookInto(
  host: Host,
  masterSocket: string,
  { pid, reloads, uptimeSeconds }: Process,
  options?: AskOptions,
): Promise<OldWorker | undefined> {
  return unlessGone(
    host,
    { masterSocket, pid },
    async () => {
      const [said = ''] = await ask(host, masterSocket, [toWorker(pid, showInfo())], options)
      const { connections } = parseInfo(said)
      const list = connections > tooMany ? [] : await ask(host, masterSocket, [toWorker(pid, showSess())], options)
      // GLOBAL is the runtime CLI: this very question.
      const all = parseSessions(list[0] ?? '').filter(({ frontend }) => frontend !== 'GLOBAL')
      const sessions = all.toSorted((a, b) => b.ageSeconds - a.ageSeconds).slice(0, named)
      const sessionCount = connections > tooMany ? connections : all.length
      return { pid, reloads, upSeconds: uptimeSeconds, connections, sessions, sessionCount }
    },
    options,
  )
}

/** Whom an old worker still serves, one short line a session. */
export function describeOldWorker({ pid, sessions, sessionCount, connections }: OldWorker): string[] {
  const who = `old worker ${pid}`
  if (sessionCount === 0) {
    return [`${who}  ${connections === 0 ? 'ends' : `${connections} idle connection${connections === 1 ? '' : 's'}`}`]
  }
  const more = sessionCount - sessions.length
  return [
    ...sessions.map(({ source, backend, server, ageSeconds }) => {
      const where = server === '<none>' ? backend : `${backend}/${server}`
      return `${who}  ${source} on ${where} since ${formatDuration(ageSeconds * 1000)}`
    }),
    ...(more > 0 ? [`${who}  and ${more} more`] : []),
  ]
}

/**
 * Those whose sessions the next reload would cut: with `mworker-max-reloads N` a worker that has seen N reloads is ended
 * at the next one (configuration manual §3.1; 2.6, 3.0).
 */
export function cutByReload(leaving: readonly Process[], maxReloads: number | undefined): readonly Process[] {
  return maxReloads === undefined ? [] : leaving.filter(({ reloads }) => reloads >= maxReloads)
}
/** Each with its memory and its sessions; more of them than that are waited for before another reload. */
export const mostOldWorkers = 8

/** `mworker-max-reloads` of a configuration, where it says so: a worker that has seen as many is ended by the next. */
export function maxReloadsIn(config: string): number | undefined {
  const [, maxReloads] = /^\s*mworker-max-reloads\s+(\d+)/m.exec(config) ?? []
  return maxReloads === undefined ? undefined : Number(maxReloads)
}
