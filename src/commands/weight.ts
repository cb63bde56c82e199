import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { inPlaceFlag, runFlags } from '../cli/flags.ts'
import { weightArg } from '../cli/weight-arg.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { weight } from '../operations/weight.ts'

export default class Weight extends ZdtCommand {
  static override summary = "Shift a server's share of new connections."
  static override examples = ['<%= config.bin %> weight app2 50%', '<%= config.bin %> weight app2 128']
  static override args = {
    server: Args.string({ required: true, description: 'A server, or POOL/SERVER for one pool alone.' }),
    weight: weightArg({ required: true, description: '0 to 256, or a share of the configured weight such as 50%.' }),
  }
  static override flags = {
    ...runFlags,
    'allow-empty': Flags.boolean({ summary: 'Allow weight 0 even where too few servers, or none, would be left.' }),
    'in-place': inPlaceFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Weight)
    const { 'allow-empty': allowEmpty, 'in-place': inPlace } = flags
    await this.carryOut(flags, weight, { server: args.server, weight: args.weight, allowEmpty, inPlace })
  }
}
