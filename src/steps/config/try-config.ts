import type { FileMove } from '../../hosts/config/change.ts'
import { NoUseWaiting } from '../../engine/step-kind.ts'
import { defineGuard } from '../define.ts'
import { daemonThing, fileThing } from '../things.ts'
import { reloaderOf } from './reloaders/index.ts'
import type { Which } from './reloaders/reloader.ts'
import { trialTale } from './trial-tale.ts'

type Input = Which & { readonly moves: readonly FileMove[] }

const checks = {
  haproxy: 'haproxy -c -f',
  nginx: 'nginx -t -c',
  keepalived: 'keepalived -t -f',
} as const

/**
 * Checks the staged configuration with the daemon's own check and starts it in private namespaces, with the unit's
 * environment: what the check passes and what then takes the service down is seen here, and nowhere else (TRAPS: trial start).
 */
export const tryConfig = defineGuard<Input>({
  kind: 'config.try',
  describe: ({ daemon, config, moves }) => ({
    title: `check and trial start of ${daemon} with ${moves.length > 0 ? 'what was uploaded' : config}`,
    commands: [`unshare -mnpf --mount-proc --kill-child ${checks[daemon]} ${config}`],
  }),
  check: async (input, on) => {
    const { daemon, moves } = input
    const files = moves.map(({ path, staged }) => ({ path, staged }))
    const tale = trialTale(await reloaderOf(input).tried(on, input, files))
    if (tale === undefined) return
    throw new NoUseWaiting(`${daemon} ${tale.what}`, {
      host: on.host.name,
      ...(tale.said !== '' && { said: tale.said }),
      suggestions: tale.suggestions(on.host.name),
    })
  },
  protects: ({ moves, unit }, host) =>
    moves.length > 0 ? moves.map(({ staged }) => fileThing(host, staged)) : [daemonThing(host, unit)],
})
