import * as Args from '@oclif/core/args'
import { handOffFlags } from '../cli/hand-off-flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { failback } from '../operations/failback.ts'

export default class Failback extends ZdtCommand {
  static override summary = 'Move a VIP back to the host that its configuration prefers, and keep every connection.'
  static override examples = ['<%= config.bin %> failback public']
  static override args = { vip: Args.string({ required: true, description: 'A VIP: its name or its address.' }) }
  static override flags = handOffFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Failback)
    const { 'max-handoff': maxHandOff, 'no-hand-off': plain } = flags
    await this.carryOut(flags, failback, { vip: args.vip, handOff: !plain, maxHandOff })
  }
}
