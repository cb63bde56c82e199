import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { durationFlag, inPlaceFlag, runFlags } from '../cli/flags.ts'
import { rolloutFlags } from '../cli/rollout-flags.ts'
import { versionFlag } from '../cli/version-flag.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { defined } from '../lib/defined.ts'
import { rollout } from '../operations/rollout.ts'

export default class Rollout extends ZdtCommand {
  static override summary = 'Bring an application to another version, server by server, and back when it is not well.'
  static override description =
    'Each server is drained, gets the version by the command in zdt.yaml, must be well on its own, passes a fresh check at every load balancer, serves again and is watched. With the strategy canary a few servers go first, with a small share of the traffic that rises while they answer no worse and no slower than the others. With blue-green the half of the pool that rests gets it, serves in place of the other, and that one stays for a while. A failure anywhere puts back what was done: the version that ran before, on every server.'
  static override examples = [
    '<%= config.bin %> rollout shop --to 2.0.0 --probe fleet',
    '<%= config.bin %> rollout shop --to 2.0.0 --batch 1,30%,100% --min-healthy 1m --yes',
    '<%= config.bin %> rollout shop --to 2.0.0 --strategy canary --shares 1%,5%,25% --min-healthy 5m --approve',
  ]
  static override args = { pool: Args.string({ required: true, description: 'The pool, by its name in zdt.yaml.' }) }
  static override flags = {
    ...runFlags,
    to: versionFlag({ required: true }),
    ...rolloutFlags,
    timeout: durationFlag({
      default: '5m',
      summary: 'How long each wait for connections and checks may take; for the deployment itself zdt.yaml says it.',
    }),
    'allow-empty': Flags.boolean({ summary: 'Go on even where too few servers, or none, would be left meanwhile.' }),
    'in-place': inPlaceFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Rollout)
    const { to, strategy, shares, samples, approve, batch, settle, rehearse, timeout, ...named } = flags
    const { 'min-healthy': minHealthy, 'keep-old': keepOld, 'slow-start': slowStart } = named
    const { 'max-failures': maxFailures, 'allow-empty': allowEmpty, 'in-place': inPlace } = named
    const spec = { strategy, shares, samples, keepOld, batch, settle, rehearse, minHealthy, slowStart, maxFailures }
    const options = { pool: args.pool, to, timeout, allowEmpty, inPlace, ...(approve && { approve }), ...defined(spec) }
    await this.carryOut(flags, rollout, options)
  }
}
