import { haproxyPicture } from '../../../daemons/haproxy/picture.ts'
import { answersInWords, answersOn, worse, type Answers } from '../../../daemons/haproxy/upgrade/requests.ts'
import { serving } from '../../../daemons/haproxy/upgrade/took.ts'
import { isVersion } from '../../../daemons/is-version.ts'
import { NoUseWaiting } from '../../../engine/step-kind.ts'
import { formatDuration } from '../../../lib/durations.ts'
import type { Millis } from '../../../lib/types.ts'
import { defineWait, notYet } from '../../define.ts'
import { refuseLost } from '../../probe-lost.ts'
import { daemonThing } from '../../things.ts'
import { lookAgain } from '../look-again.ts'

type Input = {
  readonly unit: string
  readonly socket: string
  readonly version: string
  readonly hold: Millis
  /** Of the worker of before, since it started. */
  readonly before: Answers
  /** How much more of all answers may be 5xx, in percent. */
  readonly max5xx: number
}

/**
 * Lets the new HAProxy serve for a while, and fails as soon as it dies, is replaced, answers more 5xx than the old one did,
 * or the probe loses something. Where nothing was answered, nothing is concluded from that.
 */
export const holdHaproxy = defineWait<Input>({
  kind: 'haproxy.hold',
  describe: ({ hold, max5xx, socket }) => ({
    title: `hold ${formatDuration(hold)}: HAProxy lives, at most ${max5xx} % more 5xx than before`,
    commands: [`echo 'show stat' | sudo socat - UNIX-CONNECT:${socket}`],
  }),
  look: ({ unit, socket, version, hold, before, max5xx }, on, waited) =>
    lookAgain(on, async (on) => {
      const { name } = on.host
      const failed = (message: string, said?: string) =>
        new NoUseWaiting(message, { host: name, ...(said !== undefined && { said }) })
      const picture = await haproxyPicture(on.host, unit, { signal: on.signal })
      const { master, family, worker } = picture
      if (master === null) throw failed(`HAProxy is gone: ${picture.unit.id} is ${picture.unit.activeState}`)
      if (family && (family.master.uptimeSeconds + 2) * 1000 < waited)
        throw failed('HAProxy has died meanwhile and was started again')
      if (worker && !isVersion(worker.version, version)) throw failed(`HAProxy is ${worker.version}, not ${version}`)
      refuseLost(on)
      const now = await answersOn(on.host, socket, { signal: on.signal })
      if (worse(before, now, max5xx)) throw failed(answersInWords(now), `before: ${answersInWords(before)}`)
      return notYet(
        ...serving(picture).map((line) => `${name}  ${line}`),
        waited < hold && `${name}  HAProxy ${version} serves since ${formatDuration(waited)}: ${answersInWords(now)}`,
      )
    }),
  protects: ({ unit }, host) => [daemonThing(host, unit)],
  timeout: ({ hold }) => hold + 15_000,
  interval: ({ hold }) => Math.min(500, Math.max(100, hold / 4)),
})
