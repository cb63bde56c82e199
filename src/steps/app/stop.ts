import { listens, lookAtApp, type App, type AppState } from '../../daemons/app/look.ts'
import { heardFrom } from '../../daemons/linux/host-state.ts'
import type { On } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import type { Millis } from '../../lib/types.ts'
import { defineChange, notYet } from '../define.ts'
import { appThing } from '../things.ts'
import { begin, ended, takeBack, underWay, withVersion, workName } from './command.ts'
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

type Found = AppState & { readonly listens: boolean }

/**
 * Stops an application that nobody is sent to any more. Done is when nothing takes connections at its address and port: that the
 * command exited 0 is not enough, nor that it is ill. Back goes the version that it said, by its deployment.
 */
export const stopApp = defineChange<Input, Found>({
  kind: 'app.stop',
  describe: ({ pool, server, stop }) => ({ title: `${pool}/${server} → stopped`, commands: [quote(stop)] }),
  describeUndo: ({ back }, { version }) => (version === null ? [] : [quote(withVersion(back, version))]),
  observe: async ({ app }, on) => {
    const [state, isThere] = await Promise.all([lookAtApp(on.host, app, on.signal), listens(on.host, app, on.signal)])
    return { ...state, listens: isThere }
  },
  isDone: (_input, found) => !found.listens,
  apply: async ({ server, stop }, _found, on) => {
    await begin(on, stopping(on, server), stop, 'it could not be stopped')
  },
  verify: async ({ server, stop, app }, _found, on) => {
    const awaited = await ended(on, stopping(on, server), stop)
    if (awaited !== undefined) return notYet(`${on.host.name}  ${awaited}`)
    return notYet((await listens(on.host, app, on.signal)) && `${named(on.host.name, server)} still takes connections`)
  },
  undo: async ({ server, back, timeout }, { version }, on, tell) => {
    if (version === null) return
    await takeBack(on, stopping(on, server), withVersion(back, version), { longest: timeout, tell })
  },
  undone: async ({ server, app }, { version }, on) => {
    const runs = await underWay(on, stopping(on, server))
    if (runs !== undefined) return notYet(runs)
    if (version === null) return notYet()
    const now = await lookAtApp(on.host, app, on.signal)
    return notYet(
      now.version !== version && `${named(on.host.name, server)} says ${now.version ?? 'no version'}, not ${version}`,
      now.ill !== null && `${named(on.host.name, server)}: ${now.ill}`,
    )
  },
  about: ({ pool, server }, host) => [appThing(host, `${pool}/${server}`)],
  // Half stopped, or by half of its way back: the deployment of what was there brings it back. Well with another version it is somebody's.
  halfway: async ({ server, app }, { version }, on) => {
    if ((await underWay(on, stopping(on, server))) !== undefined) return true
    const now = await lookAtApp(on.host, app, on.signal)
    return now.ill !== null || now.version === version
  },
  patience: ({ timeout }) => timeout,
  undoPatience: ({ timeout }) => timeout,
  interval: () => 300,
  output: ({ server }, on, from) => heardFrom(on.host, stopping(on, server), from, on.signal),
})

function stopping(on: On, server: string): string {
  return `${workName(on, server)}-stop`
}
