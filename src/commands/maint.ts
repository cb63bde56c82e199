import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { inPlaceFlag, onTimeoutFlag, runFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { maint } from '../operations/maint.ts'

export default class Maint extends ZdtCommand {
  static override summary =
    'Put a server into maintenance: nothing new is sent there, not even by persistence, and checks stop.'
  static override examples = ['<%= config.bin %> maint app2']
  static override args = {
    server: Args.string({ required: true, description: 'A server, or POOL/SERVER for one pool alone.' }),
  }
  static override flags = {
    ...runFlags,
    'on-timeout': onTimeoutFlag('leave'),
    'allow-empty': Flags.boolean({ summary: 'Do it even where too few servers, or none, would be left.' }),
    'in-place': inPlaceFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Maint)
    const { 'allow-empty': allowEmpty, 'in-place': inPlace } = flags
    await this.carryOut(flags, maint, { server: args.server, allowEmpty, inPlace })
  }
}
