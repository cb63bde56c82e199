import { bracketed } from '../../daemons/linux/ip.ts'
import { answersAt, type Answer } from '../../daemons/linux/answers.ts'
import { listensAt } from '../../daemons/linux/listeners.ts'
import { saidBy } from '../../daemons/linux/look-failed.ts'
import type { On } from '../../engine/step-kind.ts'
import { HostTimeout, HostUnreachable } from '../../hosts/errors.ts'
import { sleep } from '../../lib/clock.ts'
import { ZdtError } from '../../lib/errors.ts'
import type { HostName } from '../../lib/types.ts'
import { defineGuard } from '../define.ts'

type Input = {
  readonly addresses: readonly string[]
  /** Who holds them now. */
  readonly from: HostName
  /** What is changed once it is known (`about`). */
  readonly before: readonly string[]
}

/** The login is not what is handed over. */
const ssh = 22
/** Each may take a second to say nothing; a VIP has a few. */
const most = 20
/** A server that fails one request is no reason. */
const tries = 3

/**
 * The host that is to take VIPs over, or back, answers on their ports as the holder does, each asked from inside: on `lo` it
 * has the addresses by then. Where it has not, as after a reboot, it must at least listen. A holder that is away is no measure.
 */
export const answersAlike = defineGuard<Input>({
  kind: 'vip.answers-alike',
  describe: ({ addresses, from }, host) => ({
    title: `${host} answers on ${addresses.join(', ')} as ${from} does, asked from inside`,
    commands: addresses.map((address) => `curl -sI http://${bracketed(address)}/`),
  }),
  check: async ({ addresses, from }, on) => {
    for (let left = tries - 1; ; left--) {
      const unlike = (await Promise.all(addresses.map((address) => unlikeAt(address, from, on)))).flat()
      if (unlike.length === 0) return
      if (left === 0) throw new AnswersUnlike(on.host.name, from, unlike)
      await sleep(300, on.signal)
    }
  },
  protects: ({ before }) => before,
})

async function unlikeAt(address: string, from: HostName, on: On): Promise<string[]> {
  const given = await answersOf(address, from, on).catch((thrown: unknown) => {
    if (thrown instanceof HostUnreachable || thrown instanceof HostTimeout) return []
    throw thrown
  })
  const ports = given.map(({ port }) => port)
  const [listening, taken] = await Promise.all([
    listensAt(on.host, address, on.signal),
    isOwn(on, address).then((own) => (own ? answersAt(on.host, address, ports, on.signal) : undefined)),
  ])
  return given.flatMap(({ port, kind }) => {
    if (!listening.includes(port)) return [`nothing listens for ${address} at port ${port}`]
    if (!taken) return []
    const now = taken.find((answer) => answer.port === port)?.kind ?? 'nothing'
    return now === kind || kind === 'refuses' || /^HTTP [23]/.test(now)
      ? []
      : [`${address} port ${port}: ${from} says ${kind}, ${on.host.name} ${now}`]
  })
}

async function answersOf(address: string, from: HostName, on: On): Promise<Answer[]> {
  const holder = await on.other(from)
  const ports = (await listensAt(holder, address, on.signal)).filter((port) => port !== ssh).slice(0, most)
  return answersAt(holder, address, ports, on.signal)
}

async function isOwn(on: On, address: string): Promise<boolean> {
  return (await saidBy(on.host, ['ip', 'address', 'show', 'to', address], { signal: on.signal })).includes('inet')
}

/** The new holder would not serve as the old one does. */
export class AnswersUnlike extends ZdtError {
  constructor(host: string, from: string, unlike: readonly string[]) {
    super(`${host} does not answer as ${from} does: ${unlike.join('; ')}`, {
      code: 'answers-unlike',
      exit: 'refused',
      host,
      suggestions: [`look at HAProxy or nginx on ${host}: zdt status; zdt diff`],
    })
  }
}
