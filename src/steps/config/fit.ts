import { ZdtError } from '../../lib/errors.ts'
import type { ReloadRefusal } from '../../daemons/reload.ts'
import { defineGuard } from '../define.ts'
import { daemonThing } from '../things.ts'
import { reloaderOf } from './reloaders/index.ts'
import type { Which } from './reloaders/reloader.ts'

/** Is the daemon fit to be told to read its files? A poisoned nginx is not, nor is an HAProxy whose program is gone. */
export const fitForReload = defineGuard<Which>({
  kind: 'config.fit-for-reload',
  describe: ({ daemon, unit }) => ({
    title: `${daemon} is fit for a reload`,
    commands: [`systemctl status ${unit}`],
  }),
  check: async (which, on) => {
    const reloader = reloaderOf(which)
    refuseIfUnfit(on.host.name, reloader.refusals(await reloader.running(on, which)))
  },
  protects: ({ unit }, host) => [daemonThing(host, unit)],
})

/** Throws the worst of the reasons, with the others beside it. */
export function refuseIfUnfit(host: string, [worst, ...others]: readonly ReloadRefusal[]): void {
  if (!worst) return
  const { code, message, suggestions } = worst
  const said = others.map((other) => other.message).join('\n')
  throw new ZdtError(message, { code, exit: 'refused', host, suggestions, ...(said !== '' && { said }) })
}
