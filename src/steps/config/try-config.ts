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
    const { daemon, config, moves } = input
    const files = moves.map(({ path, staged }) => ({ path, staged }))
    const tale = trialTale(await reloaderOf(input).tried(on, input, files))
    if (tale === undefined) return
    const { name } = on.host
    // What lies there already is what its next start would read.
    const there = moves.length === 0
    throw new NoUseWaiting(
      `${daemon} ${tale.what}${there ? `; it goes on as it runs, but ${config} lies there` : ''}`,
      {
        host: name,
        ...(tale.said !== '' && { said: tale.said }),
        suggestions: [
          ...tale.suggestions(name),
          ...(there
            ? [
                `zdt diff ${name}   # against what zdt.yaml says`,
                `zdt config list ${name}   # and zdt config restore, the way back`,
              ]
            : []),
        ],
      },
    )
  },
  protects: ({ moves, unit }, host) =>
    moves.length > 0 ? moves.map(({ staged }) => fileThing(host, staged)) : [daemonThing(host, unit)],
})
