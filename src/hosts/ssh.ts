import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { constants } from 'node:os'
import type { HostName } from '../lib/types.ts'
import { NoSessionLeft, untilAdmitted } from './admission.ts'
import { HostUnreachable, SocketRefused } from './errors.ts'
import { AfterMark, frame, newMark } from './frame.ts'
import { Joined } from './joined.ts'
import { Slots } from './slots.ts'
import type { Running, StartOptions, Transport } from './transport.ts'

/** sshd allows 10 sessions on a connection (MaxSessions); two stay free for ending commands. */
const channels = 8

/** A transport over one connection of ssh2's. `closeJumps` is called when it closes. */
export function sshTransport(name: HostName, client: Client, isRoot: boolean): Transport {
  const slots = new Slots(channels)
  let open = 0
  let dead = false
  let lost: string | undefined
  client.on('error', (error) => (lost ??= error.message))
  client.on('end', () => (dead = true)).on('close', () => (dead = true))
  const unreachable = (said: string): HostUnreachable => new HostUnreachable({ host: name, said: lost ?? said })

  async function start(argv: readonly string[], { signal, urgent }: StartOptions = {}): Promise<Running> {
    const release = urgent === true ? (): void => {} : await slots.take(signal)
    const mark = newMark()
    const begin = (): Promise<Running> =>
      exec(client, frame(argv, mark), (channel) => {
        open += 1
        channel.once('close', () => {
          open -= 1
          release()
        })
        return follow(channel, mark, { unreachable, isDead: () => dead })
      })
    try {
      return await untilAdmitted(begin, { others: () => open > 0, crowded: () => slots.crowded() }, signal)
    } catch (error) {
      release()
      signal?.throwIfAborted()
      throw unreachable((error as Error).message)
    }
  }

  async function forward(path: string): Promise<Duplex> {
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      attempt(reject, () =>
        client.openssh_forwardOutStreamLocal(path, (error, opened) => (error ? reject(error) : resolve(opened))),
      )
    }).catch((error: unknown) => {
      const { message: said } = error as Error
      throw dead ? unreachable(said) : new SocketRefused(path, { host: name, said, cause: error })
    })
    channel.on('error', () => {})
    return new Joined({
      readable: channel,
      writable: channel,
      drop: () => channel.close(),
      wasClean: async () => {
        if (dead) throw unreachable('the connection died')
      },
    })
  }

  const onCrowded = (letGo: () => void): void => slots.onCrowded(letGo)
  return { name, isRoot, alive: () => !dead, start, onCrowded, forward, close: () => closeClient(client) }
}

/** Ends a connection; a dead one is not waited for. */
export async function closeClient(client: Client): Promise<void> {
  await new Promise<void>((resolve) => {
    const giveUp = setTimeout(() => {
      client.destroy()
      resolve()
    }, 500)
    client.once('close', () => {
      clearTimeout(giveUp)
      resolve()
    })
    client.end()
  })
}

// ssh2 throws at once when the connection is gone, instead of calling back.
function attempt(reject: (error: unknown) => void, ask: () => void): void {
  try {
    ask()
  } catch (error) {
    reject(error)
  }
}

// A channel that could not be opened has a reason (RFC 4254 §5.1); a connection that is gone has none.
function refusal(error: Error): Error {
  return 'reason' in error && error.reason !== '' ? new NoSessionLeft(error.message, { cause: error }) : error
}

// `begun` is called at once: the exit may come in the same packet, before a promise's continuation would listen for it.
function exec<Begun>(client: Client, line: string, begun: (channel: ClientChannel) => Begun): Promise<Begun> {
  return new Promise((resolve, reject) => {
    attempt(reject, () =>
      client.exec(line, (error, channel) => (error ? reject(refusal(error)) : resolve(begun(channel)))),
    )
  })
}

interface Connection {
  readonly unreachable: (said: string) => HostUnreachable
  readonly isDead: () => boolean
}

function follow(channel: ClientChannel, mark: string, { unreachable, isDead }: Connection): Running {
  const stdout = new AfterMark(mark)
  const stderr = new AfterMark(mark)
  channel.pipe(stdout)
  channel.stderr.pipe(stderr)
  channel.on('error', () => {})
  const code = new Promise<number>((resolve, reject) => {
    let exit: number | undefined
    channel.on('exit', (code: number | null, signal?: string) => {
      exit = code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0)
    })
    channel.once('close', () => {
      // The exit may be there before the end of the output is.
      if (exit === undefined || isDead()) reject(unreachable('the connection died before the command had ended'))
      else if (stdout.said === undefined)
        reject(unreachable(`the login shell did not run the command: ${stdout.noise.trim()}`))
      else resolve(exit)
    })
  })
  // Whoever awaits it is told; when nobody does yet, it must not end the process.
  code.catch(() => {})
  return {
    stdin: channel,
    stdout,
    stderr,
    code,
    group: () => (stdout.said === undefined ? undefined : Number(stdout.said)),
    drop: () => channel.close(),
  }
}
