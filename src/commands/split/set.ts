import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { durationFlag, inPlaceFlag, optionalDurationFlag, runFlags } from '../../cli/flags.ts'
import { editsOf, splitFlags } from '../../cli/split-flags.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { defined } from '../../lib/defined.ts'
import { setSplit } from '../../operations/split.ts'

export default class SplitSet extends ZdtCommand {
  static override summary = 'Send other clients to the one or the other of two pools (A/B), while everything runs.'
  static override description =
    'A header’s value, a cookie’s, the client’s network, in this order, and for all the others a share of them decides who is sent to b. The same client is always sent to the same. HAProxy goes by it at once, nginx after a reload; both keep it over restarts and zdt apply.'
  static override examples = [
    '<%= config.bin %> split set shop --to-b cookie=beta --to-b source=10.1.0.0/16',
    '<%= config.bin %> split set shop --share 10% --watch 2m',
    '<%= config.bin %> split set shop --all a',
  ]
  static override args = { split: Args.string({ required: true, description: 'The split, by its name in zdt.yaml.' }) }
  static override flags = {
    ...runFlags,
    ...splitFlags,
    like: Flags.string({ helpValue: 'HOST', summary: 'First bring every balancer to what this one has.' }),
    watch: optionalDurationFlag('With HAProxy: so long b must answer no worse and no slower than a, or all goes back.'),
    samples: Flags.integer({ min: 1, default: 100, helpValue: 'N', summary: 'How many answers b is judged by.' }),
    timeout: durationFlag({ default: '5m', summary: 'How long each wait may take.' }),
    'allow-empty': Flags.boolean({ summary: 'Send clients even to a pool with too few servers, or none.' }),
    'in-place': inPlaceFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SplitSet)
    const { like, watch, samples, timeout, 'allow-empty': allowEmpty, 'in-place': inPlace } = flags
    const options = { split: args.split, edits: editsOf(flags), samples, timeout, allowEmpty, inPlace }
    await this.carryOut(flags, setSplit, { ...options, ...defined({ like, watch }) })
  }
}
