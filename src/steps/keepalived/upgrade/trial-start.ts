import { answerOf } from '../../../daemons/candidate.ts'
import { tryKeepalivedConfig } from '../../../daemons/keepalived/trial.ts'
import { isVersion } from '../../../daemons/is-version.ts'
import { versionSaid } from '../../../daemons/reading-version.ts'
import { NoUseWaiting, type On } from '../../../engine/step-kind.ts'
import { quote } from '../../../lib/quote.ts'
import { programFailed } from '../../config/trial-tale.ts'
import { defineGuard } from '../../define.ts'
import { fileThing } from '../../things.ts'

type Input = {
  readonly unit: string
  /** The new binary; of packages the place that they have it in. */
  readonly staged: string
  readonly version: string
  /** Where packages lie that are not installed yet. */
  readonly packages?: string
}

/**
 * Has the new binary say what it is, check the configuration that lies there, and start with it in namespaces of its own, where
 * nobody hears an advert of it: a Keepalived that does not start leaves its VIP without a second node.
 */
export const keepalivedTrialStart = defineGuard<Input>({
  kind: 'keepalived.trial-start',
  describe: ({ staged, packages }) => ({
    title: `check and trial start of ${staged}${packages === undefined ? '' : ' out of the new packages'} with the running configuration`,
    commands: [`unshare -mnpf --mount-proc --kill-child ${quote([staged])}`],
  }),
  check: async ({ unit, staged, version, packages }, on) => {
    if (packages === undefined) await saysSo(on, staged, version)
    const options = { signal: on.signal, ...(packages !== undefined && { packages }) }
    const trial = await tryKeepalivedConfig(on.host, { unit, files: [], binary: staged }, options)
    const failed = programFailed('Keepalived', on.host.name, trial)
    if (failed) throw failed
  },
  protects: ({ staged }, host) => [fileThing(host, staged)],
})

async function saysSo({ host, signal }: On, staged: string, version: string): Promise<void> {
  const asked = { name: 'Keepalived', option: '-v', versionIn: versionSaid }
  const { problem, version: says } = await answerOf(host, staged, asked, { signal })
  if (problem) throw new NoUseWaiting(`the new binary cannot run on ${host.name}: ${problem}`, { host: host.name })
  if (says === null || !isVersion(says, version))
    throw new NoUseWaiting(`the new binary says it is ${says ?? 'nothing'}, not ${version}`, { host: host.name })
}
