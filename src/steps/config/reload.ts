import { NoUseWaiting, type Awaited, type On } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import type { Json } from '../../lib/types.ts'
import { defineChange, notYet } from '../define.ts'
import { daemonThing } from '../things.ts'
import { lookAtReload, reloadPatience } from './reloaders/await-reload.ts'
import { reloaderOf } from './reloaders/index.ts'
import type { Which } from './reloaders/reloader.ts'

type Found = { readonly running: Json }

/**
 * Has a daemon read the files that lie there, whoever wrote them; HAProxy keeps what operators have set. It stays when the run is
 * taken back: nobody knows the files of before.
 */
export const reloadDaemon = defineChange<Which, Found>({
  kind: 'config.reload',
  describe: (which) => ({ title: `reload ${which.daemon}`, commands: [reloaderOf(which).byHand(which.unit)] }),
  describeUndo: ({ unit, config }) => [
    `# put ${config} of before back, then: sudo ${quote(['systemctl', 'reload', unit])}`,
  ],
  observe: async (which, on) => ({ running: await reloaderOf(which).running(on, which) }),
  isDone: () => false,
  apply: async (which, { running }, on) => {
    const next = async () => (await on.host.read(which.config, { as: 'root', signal: on.signal })).toString()
    // Nobody knows whether the file was changed since it was read last.
    await reloaderOf(which).reload(on, which, running, { running: () => Promise.resolve(undefined), next })
  },
  verify: (which, { running }, on) => lookAtReload(reloaderOf(which), on, which, running),
  // One that took stays: nothing of it is half, and whoever takes the run back is told. One that did not is for a person.
  undo: async (which, { running }, on) => {
    if ((await settled(which, running, on)).done) return
    throw new NoUseWaiting('a reload cannot be taken back', {
      host: on.host.name,
      suggestions: [`put ${which.config} of before back`, `zdt reload ${which.daemon} --host ${on.host.name}`],
    })
  },
  undone: (which, { running }, on) => settled(which, running, on),
  stays: true,
  about: ({ unit }, host) => [daemonThing(host, unit)],
  halfway: () => Promise.resolve(true),
  patience: () => reloadPatience,
})

/** It has read nothing since, or all of it. */
async function settled(which: Which, running: Json, on: On): Promise<Awaited> {
  const reloader = reloaderOf(which)
  if (reloader.isUntouched(running, await reloader.running(on, which, running))) return notYet()
  const took = await lookAtReload(reloader, on, which, running)
  return notYet(!took.done && `${which.daemon} has read its files since, and not taken them`)
}
