import * as Flags from '@oclif/core/flags'
import { candidateFlags, sourceIn } from '../../cli/candidate-flags.ts'
import { runFlags } from '../../cli/flags.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { upgradeKeepalived } from '../../operations/upgrade-keepalived.ts'

export default class KeepalivedUpgrade extends ZdtCommand {
  static override summary = 'Replace Keepalived on a host that is BACKUP for all of its VIPs, by a binary or a package.'
  static override description =
    'Tried with the running configuration first, where nobody hears an advert of it; then put in the old one’s place and restarted, for it has no other way to new code. Refused where the host holds a VIP, also by a rollback: fail it over first, upgrade, and take the other node in its turn.'
  static override examples = [
    '<%= config.bin %> keepalived upgrade --host lb2 --package latest',
    '<%= config.bin %> keepalived upgrade --host lb2 --binary ./keepalived-2.3.3',
  ]
  static override flags = {
    ...runFlags,
    host: Flags.string({ required: true, summary: 'Where.', helpValue: 'HOST' }),
    ...candidateFlags('Keepalived'),
    'without-trial': Flags.boolean({ summary: 'Leave the trial start out, where the host does not allow it.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(KeepalivedUpgrade)
    const { host, 'without-trial': withoutTrial } = flags
    await this.carryOut(flags, upgradeKeepalived, { host, source: sourceIn(flags), withoutTrial })
  }
}
