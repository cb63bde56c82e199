import { lookAtApp, type App } from '../../daemons/app/look.ts'
import { NoUseWaiting } from '../../engine/step-kind.ts'
import { formatDuration } from '../../lib/durations.ts'
import type { Millis } from '../../lib/types.ts'
import { defineWait, notYet } from '../define.ts'
import { intervalUntil } from '../interval.ts'
import { lookAgain } from '../haproxy/look-again.ts'
import { refuseLost } from '../probe-lost.ts'
import { appThing } from '../things.ts'
import { named } from './deploy.ts'

type Input = {
  readonly pool: string
  readonly server: string
  readonly app: App
  readonly version: string
  /** How long it must be well. */
  readonly settle: Millis
  /** It is asked while others are sent to it too. */
  readonly serving?: true
}

/**
 * Lets a new version run for a while before anybody is sent to it: one that starts and dies costs nobody a request. Nothing
 * else asks it meanwhile, so that one bad answer is enough. While it serves, what the probe loses is enough as well.
 */
export const appSettles = defineWait<Input>({
  kind: 'app.settle',
  describe: ({ pool, server, settle, serving }) => ({
    title: `${pool}/${server} is well for ${formatDuration(settle)}, ${serving ? 'while it serves' : 'on its own'}`,
    commands: [],
  }),
  look: ({ server, app, version, settle, serving }, on, waited) =>
    lookAgain(on, async (on) => {
      if (serving) refuseLost(on)
      const now = await lookAtApp(on.host, app, on.signal)
      if (now.ill !== null) throw new Unwell(`${server} was well, and is not: ${now.ill}`, on.host.name)
      // It may die between the two questions.
      if (now.version === null) throw new Unwell(`${server} was well, and tells no version any more`, on.host.name)
      if (now.version !== version) {
        throw new Unwell(`${server} says version ${now.version} now, not ${version}`, on.host.name)
      }
      return notYet(waited < settle && `${named(on.host.name, server)} is well since ${formatDuration(waited)}`)
    }),
  timeout: ({ settle }) => settle + 30_000,
  interval: ({ settle }, waited) => intervalUntil(settle, waited, 500),
  protects: ({ pool, server }, host) => [appThing(host, `${pool}/${server}`)],
})

/** It is no use to look again: it had its chance. */
class Unwell extends NoUseWaiting {
  override readonly code: string = 'unwell'
  constructor(message: string, host: string) {
    super(message, { host })
  }
}
