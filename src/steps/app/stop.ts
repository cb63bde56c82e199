import { lookAtApp, type App, type AppState } from '../../daemons/app/look.ts'
import { heardFrom } from '../../daemons/linux/host-state.ts'
import { beginWork } from '../../daemons/linux/work-script.ts'
import { quote } from '../../lib/quote.ts'
import type { Millis } from '../../lib/types.ts'
import { defineChange, notYet } from '../define.ts'
import { appThing } from '../things.ts'
import { asRoot } from '../vip/as-root.ts'
import { ended, until, withVersion, workName } from './command.ts'
import { named } from './deploy.ts'

type Input = {
  readonly pool: string
  readonly server: string
  readonly app: App
  readonly stop: readonly string[]
  /** What brings the version that was found there back. */
  readonly back: readonly string[]
  readonly timeout: Millis
}

/**
 * Stops an application that nobody is sent to any more. Done is when it is no longer well, by the question that asks for its
 * health; that the command exited 0 is not enough. Back goes the version that it said, by its deployment.
 */
export const stopApp = defineChange<Input, AppState>({
  kind: 'app.stop',
  describe: ({ pool, server, stop }) => ({ title: `${pool}/${server} → stopped`, commands: [quote(stop)] }),
  describeUndo: ({ back }, { version }) => (version === null ? [] : [quote(withVersion(back, version))]),
  observe: ({ app }, on) => lookAtApp(on.host, app, on.signal),
  isDone: (_input, { ill }) => ill !== null,
  apply: async ({ server, stop }, _found, on) => {
    await asRoot(on, beginWork(stopping(on.run, server), stop), 'it could not be stopped')
  },
  verify: async ({ server, stop, app }, _found, on) => {
    const awaited = await ended(on, stopping(on.run, server), stop)
    if (awaited !== undefined) return notYet(`${on.host.name}  ${awaited}`)
    const { ill } = await lookAtApp(on.host, app, on.signal)
    return notYet(ill === null && `${named(on.host.name, server)} still answers`)
  },
  undo: async ({ server, back, timeout }, { version }, on, tell) => {
    if (version === null) return
    const starting = `${stopping(on.run, server)}-back`
    const argv = withVersion(back, version)
    await asRoot(on, beginWork(starting, argv), 'the way back could not be begun')
    await until(on, tell, timeout, () => ended(on, starting, argv))
  },
  undone: async ({ server, app }, { version }, on) => {
    if (version === null) return notYet()
    const now = await lookAtApp(on.host, app, on.signal)
    return notYet(
      now.version !== version && `${named(on.host.name, server)} says ${now.version ?? 'no version'}, not ${version}`,
      now.ill !== null && `${named(on.host.name, server)}: ${now.ill}`,
    )
  },
  about: ({ pool, server }, host) => [appThing(host, `${pool}/${server}`)],
  // Stopped halfway, or by half of its way back: the deployment of what was there brings it back from anywhere.
  halfway: () => Promise.resolve(true),
  patience: ({ timeout }) => timeout,
  undoPatience: ({ timeout }) => timeout,
  interval: () => 300,
  output: ({ server }, on, from) => heardFrom(on.host, stopping(on.run, server), from, on.signal),
})

function stopping(run: string, server: string): string {
  return `${workName({ run }, server)}-stop`
}
