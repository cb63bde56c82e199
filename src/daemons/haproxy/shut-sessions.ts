import type { Host } from '../../hosts/host.ts'
import { type Place, showSess, shutdownSession, shutdownSessions, toWorker } from './commands.ts'
import { NoRuntimeSocket } from './errors.ts'
import { unlessGone } from './leaving.ts'
import type { AskOptions } from './conversation.ts'
import { ask, tell } from './runtime.ts'
import { parseSessions, sessionsOn, type Session } from './sessions.ts'
import { processes } from './workers.ts'

/** How many orders go into one line: HAProxy reads one of at most `tune.bufsize`, 16 kB. */
const batch = 100

async function shutOnLeaving(host: Host, place: Place, masterSocket: string, pid: number, options: AskOptions) {
  const saying = async (commands: readonly string[]) =>
    await unlessGone(
      host,
      { masterSocket, pid },
      async () =>
        await ask(
          host,
          masterSocket,
          commands.map((command) => toWorker(pid, command)),
          options,
        ),
      options,
    )
  const [all = ''] = (await saying([showSess()])) ?? []
  const sessions = sessionsOn(parseSessions(all), place)
  const ids = sessions.map(({ id }) => id)
  for (let from = 0; from < ids.length; from += batch) {
    // One that has ended meanwhile is answered with `No such session`: as well. With its last one the worker ends.
    await saying(ids.slice(from, from + batch).map((id) => shutdownSession(id)))
  }
  return sessions
}

/**
 * Cuts every session on a server, on the current worker and on those that leave since a reload. Clients notice.
 *
 * An old worker refuses every order about a server, `set server … state` and `shutdown sessions server` included:
 * `Proxy is disabled.` (2.6, 3.0). So it cannot be told to drain, and its sessions are cut one by one; a connection
 * whose answer was under way at the reload may bring one more request until then.
 * Returns those that were cut, as they were a moment before. Throws what `tell` and `ask` throw; needs level admin.
 */
export async function shutSessions(
  host: Host,
  seat: Place & { readonly socket: string; readonly masterSocket: string },
  options: AskOptions = {},
): Promise<Session[]> {
  const [all = ''] = await ask(host, seat.socket, [showSess()], options)
  await tell(host, seat.socket, [shutdownSessions(seat)], options)
  const family = await processes(host, seat.masterSocket, options).catch((error: unknown) => {
    if (error instanceof NoRuntimeSocket) return undefined
    throw error
  })
  const cut = await Promise.all(
    (family?.leaving ?? []).map(async ({ pid }) => await shutOnLeaving(host, seat, seat.masterSocket, pid, options)),
  )
  return [...sessionsOn(parseSessions(all), seat), ...cut.flat()]
}
