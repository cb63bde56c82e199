import type { Host } from '../../hosts/host.ts'
import { type Place, seatName, showInfo, showSess, showStat, toWorker } from './commands.ts'
import { NoSuchSeat } from './errors.ts'
import { parseInfo } from './info.ts'
import type { AskOptions } from './conversation.ts'
import { ask } from './runtime.ts'
import { parseSessions, sessionKind, sessionsOn } from './sessions.ts'
import { numberOf, parseCsv, textOf } from './tables.ts'

/** A client that is on the server now. */
export type ClientOn = {
  /** Address and port. */
  readonly client: string
  /** `websocket`, `GET, no answer yet`, `TCP`, or `session` when it ended before it could be asked for. */
  readonly what: string
  readonly sinceSeconds: number
}

/** What one worker has on a server. */
export type WorkerLoad = {
  readonly pid: number
  /** It is of before a reload and lives until its last session ends. */
  readonly leaving: boolean
  readonly upSeconds: number
  /** HAProxy's own word for the server: `DRAIN`, `MAINT`, `UP`, `no check`… */
  readonly status: string
  /** The backend's cookie, which brings its clients back to a drained server; known from level operator on. */
  readonly cookie?: string
  readonly sessions: number
  readonly queued: number
  /** Requests since the worker's start: unchanged between two looks means none began. */
  readonly total: number
  readonly lastUsedSeconds?: number
  /** The longest connected first, at most `listed`; fewer than `sessions` when there are many. */
  readonly clients: readonly ClientOn[]
}

/** How a worker is reached: by its own socket, or as pid by way of the master's. */
export interface Via {
  readonly socket: string
  readonly pid?: number
}

/** How many clients are named, and with how many connections in all HAProxy is no longer asked to list every one. */
const listed = 10
const tooMany = 5000

async function clientsOf(
  host: Host,
  place: Place,
  { socket, via }: { readonly socket: string; readonly via: (command: string) => string },
  options: AskOptions,
): Promise<ClientOn[]> {
  const [all = ''] = await ask(host, socket, [via(showSess())], options)
  const longest = sessionsOn(parseSessions(all), place)
    .toSorted((a, b) => b.ageSeconds - a.ageSeconds)
    .slice(0, listed)
  if (longest.length === 0) return []
  const details = await ask(
    host,
    socket,
    longest.map(({ id }) => via(showSess(id))),
    options,
  )
  return longest.map(({ source, ageSeconds }, index) => {
    const detail = details[index] ?? ''
    // HAProxy uses an id again as soon as its session has ended.
    const same = detail.includes(` source=${source}\n`)
    return { client: source, what: (same ? sessionKind(detail) : undefined) ?? 'session', sinceSeconds: ageSeconds }
  })
}

/**
 * What one worker has on a server, and who they are: one round trip, and two more when somebody is there.
 * Throws what `ask` throws; WorkerGone when a leaving worker has left, NoSuchSeat when it never knew the server.
 */
export async function lookInto(
  host: Host,
  place: Place,
  { socket, pid }: Via,
  options: AskOptions,
): Promise<WorkerLoad> {
  const via = (command: string) => (pid === undefined ? command : toWorker(pid, command))
  const rowsIn = (stat = '') => parseCsv(stat).filter((row) => row.get('pxname') === place.backend)
  const [info = '', stat] = await ask(host, socket, [via(showInfo()), via(showStat(place.backend))], options)
  let rows = rowsIn(stat)
  if (rows.length === 0) {
    // A frontend of the same name hides the backend: then read the whole table.
    const [all] = await ask(host, socket, [via(showStat())], options)
    rows = rowsIn(all)
  }
  const row = rows.find((row) => row.get('svname') === place.server)
  if (row === undefined) throw new NoSuchSeat(seatName(place), { host: host.name, socket })
  const { pid: own, connections, uptimeSeconds } = parseInfo(info)
  const sessions = numberOf(row, 'scur') ?? 0
  const used = numberOf(row, 'lastsess') ?? -1
  return {
    pid: own,
    leaving: pid !== undefined,
    upSeconds: uptimeSeconds,
    status: textOf(row, 'status') ?? '',
    cookie: textOf(
      rows.find((row) => row.get('svname') === 'BACKEND'),
      'cookie',
    ),
    sessions,
    queued: numberOf(row, 'qcur') ?? 0,
    total: numberOf(row, 'stot') ?? 0,
    lastUsedSeconds: used < 0 ? undefined : used,
    clients: sessions > 0 && connections <= tooMany ? await clientsOf(host, place, { socket, via }, options) : [],
  }
}
