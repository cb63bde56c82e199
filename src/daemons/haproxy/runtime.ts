import type { Host } from '../../hosts/host.ts'
import { splitAnswers, verdict } from './answers.ts'
import { isTalkative, levelFor, tookByWords } from './commands.ts'
import { hear, type AskOptions } from './conversation.ts'
import { AnswerUnreadable, CommandRefused, LevelTooLow, NoSuchSeat, UnfitForCli } from './errors.ts'
import { JoinedOrders, keyOf, SharedQuestions } from './together.ts'

const questions = new SharedQuestions<readonly string[]>()
const joined = new JoinedOrders()

/** Sends commands on one connection, joined by `;`, and cuts what came back into one answer each. */
async function exchange(
  host: Host,
  socket: string,
  commands: readonly string[],
  options?: AskOptions,
): Promise<readonly string[]> {
  const said = await hear(host, socket, commands, `${commands.join(';')}\n`, options)
  const answers = splitAnswers(said, commands.length)
  if ('unreadable' in answers) {
    throw new AnswerUnreadable(answers.unreadable, { host: host.name, socket, said: said.slice(0, 200) })
  }
  return answers
}

/** Throws what an answer means when it is a refusal of any kind. */
function refuse(command: string, said: string, where: { readonly host: string; readonly socket: string }): void {
  const happened = { ...where, said: said.split('\n')[0] }
  switch (verdict(said)) {
    case 'level':
      throw new LevelTooLow(command, levelFor(command), happened)
    case 'no-seat':
      throw new NoSuchSeat(command, happened)
    case 'unknown-command':
      throw new CommandRefused(command, [], happened)
    case 'fine':
  }
}

/**
 * Asks questions (`show …`) in one round trip on one connection; one answer each, without its closing empty line. Who asks
 * the same of the same host while it is under way shares the next answer.
 * Throws NoRuntimeSocket, HaproxySilent (nothing, or no end, in time), LevelTooLow, NoSuchSeat, CommandRefused (unknown
 * command), WorkerGone, AnswerUnreadable, UnfitForCli, and what Host.connect throws. Management guide §9.3.
 */
export async function ask(
  host: Host,
  socket: string,
  commands: readonly string[],
  options?: AskOptions,
): Promise<readonly string[]> {
  const key = `${keyOf(socket, options)} ${commands.join(';')}`
  const answers = await questions.ask(host, key, () => exchange(host, socket, commands, options))
  for (const [index, said] of answers.entries()) refuse(commands[index] ?? '', said, { host: host.name, socket })
  return answers
}

/**
 * Gives orders (`set …`, `disable …`, `shutdown …`) in one round trip, together with those that others give the same host
 * meanwhile. HAProxy goes on after one it refuses, so the
 * error names those that took (`done`). Success is silence: any word is an error (those that speak when they
 * succeed are for `order`). Throws what `ask` throws.
 */
export async function tell(
  host: Host,
  socket: string,
  commands: readonly string[],
  options?: AskOptions,
): Promise<void> {
  const answers = await joined.tell(host, keyOf(socket, options), commands, (all) =>
    exchange(host, socket, all, options),
  )
  const refused = answers.findIndex((said) => said !== '')
  if (refused === -1) return
  const [command = '', said = ''] = [commands[refused], answers[refused]]
  const where = { host: host.name, socket }
  const done = commands.filter((_, index) => answers[index] === '')
  if (done.length === 0) refuse(command, said, where)
  throw new CommandRefused(command, done, { ...where, said })
}

/**
 * Gives orders one after the other, those that are silent when they succeed in one round trip, each talkative one
 * (`add server`, `del server`, `set server addr`) by itself. Stops at the first that is refused: throws CommandRefused
 * with those that took, and what `ask` throws.
 */
export async function order(
  host: Host,
  socket: string,
  commands: readonly string[],
  options?: AskOptions,
): Promise<void> {
  const done: string[] = []
  const rest = [...commands]
  while (rest.length > 0) {
    const talks = rest.findIndex((command) => isTalkative(command))
    const silent = rest.splice(0, talks < 0 ? rest.length : talks)
    if (silent.length > 0) {
      await tell(host, socket, silent, options)
      done.push(...silent)
    }
    const [talkative] = rest.splice(0, 1)
    if (talkative === undefined) return
    await say(host, socket, talkative, { ...options, done })
    done.push(talkative)
  }
}

/** Gives one order, with a text of several lines behind it if it takes one. Returns the words of a talkative one; any other is silent. */
export async function say(
  host: Host,
  socket: string,
  command: string,
  {
    payload,
    done = [],
    ...options
  }: AskOptions & { readonly payload?: string; readonly done?: readonly string[] } = {},
): Promise<string> {
  // An empty line ends a payload (management guide §9.3).
  if (payload !== undefined && /\n\s*\n/.test(payload)) throw new UnfitForCli('payload', 'with an empty line inside')
  const text = payload === undefined ? `${command}\n` : `${command} <<\n${payload.trimEnd()}\n\n`
  const said = (await hear(host, socket, [command], text, options)).trim()
  if (isTalkative(command) ? tookByWords(said) : said === '') return said
  if (done.length === 0) refuse(command, said, { host: host.name, socket })
  throw new CommandRefused(command, done, { host: host.name, socket, said })
}
