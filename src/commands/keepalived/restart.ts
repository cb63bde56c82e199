import * as Flags from '@oclif/core/flags'
import { runFlags } from '../../cli/flags.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { keepalivedRestart } from '../../operations/restart-keepalived.ts'

export default class KeepalivedRestart extends ZdtCommand {
  static override summary = 'Restart Keepalived on a host that is BACKUP for all of its VIPs; refused elsewhere.'
  static override description =
    'What lies there is tried first, where nobody hears an advert of it: a Keepalived that does not come back leaves its VIPs without a second node.'
  static override examples = ['<%= config.bin %> keepalived restart --host lb2']
  static override flags = {
    ...runFlags,
    host: Flags.string({ required: true, summary: 'Where.', helpValue: 'HOST' }),
    'without-trial': Flags.boolean({ summary: 'Leave the trial start out, where the host does not allow it.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(KeepalivedRestart)
    await this.carryOut(flags, keepalivedRestart, { host: flags.host, withoutTrial: flags['without-trial'] })
  }
}
