import { lookAtApp, type App } from '../../daemons/app/look.ts'
import { ZdtError } from '../../lib/errors.ts'
import { defineGuard } from '../define.ts'
import { appThing } from '../things.ts'

type Input = {
  readonly pool: string
  readonly server: string
  readonly app: App
  readonly version: string
}

/** Does an application run a version already? What brings the others of its pool there relies on it. */
export const appRuns = defineGuard<Input>({
  kind: 'app.runs',
  describe: ({ pool, server, version }) => ({ title: `${pool}/${server} runs ${version} already`, commands: [] }),
  check: async ({ pool, server, app, version }, on) => {
    const { version: now } = await lookAtApp(on.host, app, on.signal)
    if (now === version) return
    throw new ZdtError(`${pool}/${server} runs ${now ?? 'nothing that says its version'}, no longer ${version}`, {
      code: 'version-changed',
      exit: 'refused',
      host: on.host.name,
      suggestions: ['the same again: it is planned anew'],
    })
  },
  protects: ({ pool, server }, host) => [appThing(host, `${pool}/${server}`)],
})
