import * as Args from '@oclif/core/args'
import { runFlags } from '../../cli/flags.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { healVip } from '../../operations/heal-vip.ts'

export default class VipHeal extends ZdtCommand {
  static override summary =
    'Put a VIP in order: strays removed, announced anew by its one master, checked from the segment.'
  static override examples = ['<%= config.bin %> vip heal public']
  static override args = { vip: Args.string({ required: true, description: 'A VIP: its name or its address.' }) }
  static override flags = runFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(VipHeal)
    await this.carryOut(flags, healVip, { vip: args.vip })
  }
}
