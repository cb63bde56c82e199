import { nginxConflicts } from '../../daemons/nginx/conflicts.ts'
import { tryNginxOn } from '../../daemons/nginx/trial.ts'
import { NoUseWaiting } from '../../engine/step-kind.ts'
import { quote } from '../../lib/quote.ts'
import { defineGuard } from '../define.ts'
import { fileThing, nginxThing } from '../things.ts'
import { look } from './look.ts'

type Input = {
  readonly unit: string
  /** The new binary; of packages the place that they have it in. */
  readonly staged: string
  /** Where packages lie that are not installed yet. */
  readonly packages?: string
  /** It lies in its place already. */
  readonly lies?: true
}

const outcomes = {
  invalid: 'does not pass its own check (-t)',
  'does-not-start': 'does not start with the running configuration',
  'no-workers': 'starts with the running configuration, but has no workers: it would accept and never answer',
  unsteady: 'starts with the running configuration, but its workers keep dying',
  hangs: 'neither starts nor ends with the running configuration',
  'cannot-be-tried': 'cannot be tried on this host',
} as const

/**
 * Starts the new binary with the running configuration in namespaces of its own and looks whether it lives: what `-t`
 * passes and what then takes the service down is seen here, and nowhere else (TRAPS: trial start).
 */
export const trialStart = defineGuard<Input>({
  kind: 'nginx.trial-start',
  describe: ({ staged, packages }) => ({
    title: `trial start of ${staged}${packages === undefined ? '' : ' out of the new packages'} with the running configuration`,
    commands: [`unshare -mnpf --mount-proc --kill-child ${quote([staged])}`],
  }),
  check: async ({ unit, staged, packages }, on) => {
    const refused = (message: string, said = '', suggestions: readonly string[] = []) =>
      new NoUseWaiting(message, { host: on.host.name, ...(said && { said }), suggestions })
    const { phase } = await look(on, unit)
    if (phase.phase !== 'single') throw refused(`an upgrade is under way there already (phase ${phase.phase})`)
    const trial = await tryNginxOn(on.host, staged, phase.master, {
      signal: on.signal,
      ...(packages !== undefined && { packages }),
    })
    const [conflict] = nginxConflicts(trial.listeners, phase.master)
    if (conflict) {
      throw refused(`the new master could not listen on ${conflict.wanted}: ${conflict.taken} is taken`, '', [
        `ss -ltnp   # on ${on.host.name}: who listens there?`,
        'nginx -s reload   # would fail the same way: mend the configuration first',
      ])
    }
    if (trial.outcome === 'lives') return
    const said = [trial.said, ...trial.log.map(({ level, text }) => `[${level}] ${text}`)].filter(Boolean).join('\n')
    const skip = trial.outcome === 'cannot-be-tried' ? ['the same with --without-trial, if you trust the binary'] : []
    throw refused(`the new binary ${outcomes[trial.outcome]}`, said, skip)
  },
  protects: ({ unit, staged, lies }, host) => [lies ? nginxThing(host, unit) : fileThing(host, staged)],
})
