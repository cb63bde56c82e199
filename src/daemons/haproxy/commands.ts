import type { Level } from './errors.ts'
import { UnfitForCli } from './errors.ts'

/** Where a server sits: the two names that HAProxy knows it by. A fleet's `Seat` is one. */
export type Place = { readonly backend: string; readonly server: string }

/** What the operator can set (management guide, "set server state"). */
export type AdminState = 'ready' | 'drain' | 'maint'

/** `150`, or `50%` of the configured weight. */
export type Weight = number | `${number}%`

/** A name as HAProxy itself allows it. Anything else could end the command and begin another: `;`, newline, space, `\`. */
function name(what: string, value: string): string {
  if (!/^[A-Za-z0-9_.:-]+$/.test(value)) throw new UnfitForCli(what, value)
  return value
}

/** `shop/app2`. Throws UnfitForCli. */
export function seatName({ backend, server }: Place): string {
  return `${name('backend', backend)}/${name('server', server)}`
}

/** Takes a server out or in. Drain lets persistence through; maint stops the checks (TRAPS: HAProxy). */
export function setState(place: Place, state: AdminState): string {
  return `set server ${seatName(place)} state ${state}`
}

/** Throws UnfitForCli unless 0–256 or a percentage. Backends with a static algorithm take only 0, 0%, 100% and the initial weight. */
export function setWeight(place: Place, weight: Weight): string {
  const text = String(weight)
  if (!/^\d{1,3}%?$/.test(text) || (!text.endsWith('%') && Number(text) > 256)) throw new UnfitForCli('weight', text)
  return `set server ${seatName(place)} weight ${text}`
}

/**
 * Sets the checks' own verdict, which the next checks then correct. `down` on a drained server empties the health
 * counter, so that the server is up again only after `rise` fresh passes: the proof when `fall` is 1 (see freshPass).
 */
export function setHealth(place: Place, health: 'up' | 'down'): string {
  return `set server ${seatName(place)} health ${health}`
}

/** Holds the agent check off: an agent that answers `ready` undoes a drain within one interval. */
export function disableAgent(place: Place): string {
  return `disable agent ${seatName(place)}`
}

export function enableAgent(place: Place): string {
  return `enable agent ${seatName(place)}`
}

/** Stops the health check; the server stays as it last was. */
export function disableHealth(place: Place): string {
  return `disable health ${seatName(place)}`
}

export function enableHealth(place: Place): string {
  return `enable health ${seatName(place)}`
}

/** Sends a server's new connections elsewhere; those that are open stay where they are. Speaks when it succeeds. */
export function setAddress(
  place: Place,
  { address, port }: { readonly address: string; readonly port: number },
): string {
  if (!/^[0-9a-fA-F.:]+$/.test(address)) throw new UnfitForCli('address', address)
  return `set server ${seatName(place)} addr ${address} port ${port}`
}

/**
 * Makes a server of `ADDRESS:PORT` and keywords, in maintenance and with its checks off; `default-server` does not reach
 * it. The backend's algorithm must be a dynamic one. Speaks when it succeeds (management guide §9.3, "add server").
 */
export function addServer(place: Place, words: readonly string[]): string {
  for (const word of words)
    if (!/^[A-Za-z0-9_.:,/()@%+=*-]+$|^\[[0-9a-fA-F:.]+\]:\d+$/.test(word)) throw new UnfitForCli('word', word)
  return `add server ${seatName(place)} ${words.join(' ')}`
}

/** Takes a server away that is in maintenance and has no connection left. Speaks when it succeeds. */
export function delServer(place: Place): string {
  return `del server ${seatName(place)}`
}

/** Is it an order that says something when it succeeds? Such a one goes alone: 2.6 ends its answer to `del server` without an empty line. */
export function isTalkative(command: string): boolean {
  return /^(add server|del server|set server \S+ (addr|fqdn)|set ssl cert|commit ssl cert|abort ssl cert|prepare map) /.test(
    bare(command),
  )
}

/** Did a talkative order succeed, by its words (2.6, 3.0)? */
export function tookByWords(answer: string): boolean {
  return /^New server registered\.|^New version created: \d|^Server deleted\.|changed from '|^nothing changed|^no need to change|^Success!|^Transaction (created|updated|aborted) |^Committing .*\nSuccess!/s.test(
    answer,
  )
}

/** Cuts every session on a server, on this worker only; a leaving one refuses it (see shut-sessions.ts). */
export function shutdownSessions(place: Place): string {
  return `shutdown sessions server ${seatName(place)}`
}

export function showServersState(backend?: string): string {
  return backend === undefined ? 'show servers state' : `show servers state ${name('backend', backend)}`
}

/**
 * Backends (2) and servers (4) only; frontends say nothing of a server. By name, HAProxy takes the first proxy that is
 * called so: where a frontend shares its backend's name, the table is empty (2.6, 3.0; `show servers …` is not fooled).
 */
export function showStat(proxy?: string): string {
  return `show stat ${proxy === undefined ? '-1' : name('backend', proxy)} 6 -1`
}

/** What all frontends (1) have received and answered since the worker started (management guide §9.3). */
export function showFrontends(): string {
  return 'show stat -1 1 -1'
}

export function showServersConn(backend?: string): string {
  return backend === undefined ? 'show servers conn' : `show servers conn ${name('backend', backend)}`
}

/** What this very socket may do: `admin`, `operator` or `user`; level user is enough to ask. */
export function showCliLevel(): string {
  return 'show cli level'
}

export function showInfo(): string {
  return 'show info'
}

/** Every session, or one in full detail. `show sess server b/s` is ignored before 3.2 and dumps all: filter the answer. */
export function showSess(id?: string): string {
  return id === undefined ? 'show sess' : `show sess ${sessionId(id)}`
}

/** Cuts one session; answered with text when it has ended already. */
export function shutdownSession(id: string): string {
  return `shutdown session ${sessionId(id)}`
}

function sessionId(id: string): string {
  if (!/^0x[0-9a-f]+$/.test(id)) throw new UnfitForCli('session', id)
  return id
}

/** The master's list of its workers; on the master's socket only. */
export function showProc(): string {
  return 'show proc'
}

/** The same command for one worker, by way of the master's socket. Each command of a round needs its own prefix. */
export function toWorker(pid: number, command: string): string {
  if (!Number.isInteger(pid) || pid <= 0) throw new UnfitForCli('pid', String(pid))
  return `@!${pid} ${command}`
}

/** The value of a variable of the process; `Variable not found.` where there is none. */
export function getVariable(variable: string): string {
  return `get var ${name('variable', variable)}`
}

/** Gives a variable of the process a value; experimental in 2.6 and 3.0 (management guide §9.3, "set var"). */
export function setVariable(variable: string, expression: string): string {
  if (!/^[a-z]+\(\d+\)$/.test(expression)) throw new UnfitForCli('expression', expression)
  return `set var ${name('variable', variable)} ${expression}`
}

/** Does it only look, so that nothing is another afterwards? */
export function isQuestion(command: string): boolean {
  return /^(show|get) /.test(bare(command))
}

/** Without the master's prefix. */
function bare(command: string): string {
  return command.replace(/^@\S+ /, '')
}

/** The level a command needs (tried on 2.6 and 3.0). */
export function levelFor(command: string): Level {
  if (/^(show (sess|fd)|get var)\b/.test(bare(command))) return 'operator'
  return isQuestion(command) ? 'user' : 'admin'
}
