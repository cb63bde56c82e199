import { tryHaproxyConfig } from '../../../daemons/haproxy/trial.ts'
import { quote } from '../../../lib/quote.ts'
import { programFailed } from '../../config/trial-tale.ts'
import { defineGuard } from '../../define.ts'
import { fileThing } from '../../things.ts'

type Input = {
  readonly unit: string
  /** The new binary; of packages the place that they have it in. */
  readonly staged: string
  /** Where packages lie that are not installed yet. */
  readonly packages?: string
}

/**
 * Has the new binary check the configuration that lies there, in the unit's environment, and starts it with that in namespaces
 * of its own: what `-c` passes and what then takes master and worker down is seen here, and nowhere else (TRAPS, cases 1, 2).
 */
export const haproxyTrialStart = defineGuard<Input>({
  kind: 'haproxy.trial-start',
  describe: ({ staged, packages }) => ({
    title: `check and trial start of ${staged}${packages === undefined ? '' : ' out of the new packages'} with the running configuration`,
    commands: [`unshare -mnpf --mount-proc --kill-child ${quote([staged])}`],
  }),
  check: async ({ unit, staged, packages }, on) => {
    const options = { signal: on.signal, ...(packages !== undefined && { packages }) }
    const trial = await tryHaproxyConfig(on.host, { unit, binary: staged }, options)
    const failed = programFailed('HAProxy', on.host.name, trial)
    if (failed) throw failed
  },
  protects: ({ staged }, host) => [fileThing(host, staged)],
})
