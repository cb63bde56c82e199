import type { Host } from '../../hosts/host.ts'
import { sleep } from '../../lib/clock.ts'
import { ZdtError } from '../../lib/errors.ts'
import { ask, tell } from './runtime.ts'
import { getVariable, setVariable } from './commands.ts'

/*
 * An HAProxy that is no longer to be connected to tells its clients so: with `Connection: close` in their next answer, as long as a
 * variable of its process says. zdt's templates honour it:
 *
 *   global     set-var proc.leaving_until int(0)
 *   frontend   http-after-response set-header Connection close if { date,sub(proc.leaving_until) lt 0 }
 *
 * It is a time, in seconds of the host's own clock, so that it is over by itself. Setting one at run time is "experimental" in 2.6
 * and 3.0, which is said for one connection of the CLI. HTTP/2 clients are not told (2.6, 3.0): a GOAWAY comes from a worker that
 * ends, not from that header.
 */
const variable = 'proc.leaving_until'

/**
 * Until when it tells its clients to go, in seconds of the host's clock; 0 if it never did. Undefined where its configuration
 * honours no such variable. Throws what `ask` throws.
 */
export async function leavingUntil(host: Host, socket: string, signal?: AbortSignal): Promise<number | undefined> {
  const [answer = ''] = await ask(host, socket, [getVariable(variable)], signal && { signal })
  const [, until] = /type=sint value=<(\d+)>/.exec(answer) ?? []
  return until === undefined ? undefined : Number(until)
}

/** The commands that say so for that many seconds from now on, or until that time. */
export function leavingCommands(until: { readonly seconds: number } | { readonly time: number }): string[] {
  return [
    'experimental-mode on',
    setVariable(variable, 'time' in until ? `int(${until.time})` : `date(${until.seconds})`),
  ]
}

/** Says so. Throws what `tell` throws. */
export async function setLeaving(
  host: Host,
  socket: string,
  until: Parameters<typeof leavingCommands>[0],
  signal?: AbortSignal,
): Promise<void> {
  await tell(host, socket, leavingCommands(until), signal && { signal })
}

/** The same of several HAProxies. Only for a hand-off to be over sooner: the clients of one that cannot be told stay until they go. */
export async function trySetLeaving(
  host: Host,
  sockets: readonly string[],
  until: Parameters<typeof leavingCommands>[0],
  signal?: AbortSignal,
): Promise<void> {
  await Promise.all(
    sockets.map((socket) =>
      setLeaving(host, socket, until, signal).catch((thrown: unknown) => {
        if (!(thrown instanceof ZdtError)) throw thrown
      }),
    ),
  )
}

/**
 * Has them tell nobody any more, and looks: one that does not answer for a moment is told again. One that knows no such
 * variable tells nobody; and in the end it is over by itself.
 */
export async function endLeaving(host: Host, sockets: readonly string[], signal: AbortSignal): Promise<void> {
  for (let time = 0; time < 5; time++) {
    await trySetLeaving(host, sockets, { time: 0 }, signal)
    const said = await Promise.all(sockets.map((socket) => leavingUntil(host, socket, signal).catch(() => null)))
    if (said.every((until) => until === 0 || until === undefined)) return
    await sleep(500, signal)
  }
}

/** The HAProxies that tell their clients to go when they are asked to; one that cannot be asked does not. */
export async function whoTells(host: Host, sockets: readonly string[]): Promise<string[]> {
  const said = await Promise.all(sockets.map((socket) => leavingUntil(host, socket).catch(() => undefined)))
  return sockets.filter((_socket, index) => said[index] !== undefined)
}
