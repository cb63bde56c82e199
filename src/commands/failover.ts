import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { handOffFlags } from '../cli/hand-off-flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { failover } from '../operations/failover.ts'

export default class Failover extends ZdtCommand {
  static override summary = 'Move a VIP to another host, and keep every established connection.'
  static override description =
    'New connections go to the new holder; those that are open stay with the old one until they end, and the new holder passes their packets on. When the time is over and some are left, an unattended run leaves the hand-off to end by itself (exit 5) unless --on-timeout says otherwise.'
  static override examples = [
    '<%= config.bin %> failover public',
    '<%= config.bin %> failover public --to lb2 --max-handoff 2m --on-timeout force --yes --probe fleet',
  ]
  static override args = { vip: Args.string({ required: true, description: 'A VIP: its name or its address.' }) }
  static override flags = {
    ...handOffFlags,
    to: Flags.string({ summary: 'Who is to hold it. Default: the other host.', helpValue: 'HOST' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Failover)
    const { to, 'max-handoff': maxHandOff, 'no-hand-off': plain } = flags
    await this.carryOut(flags, failover, { vip: args.vip, ...(to && { to }), handOff: !plain, maxHandOff })
  }
}
