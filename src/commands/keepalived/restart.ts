import * as Flags from '@oclif/core/flags'
import { runFlags } from '../../cli/flags.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { keepalivedRestart } from '../../operations/restart-keepalived.ts'

export default class KeepalivedRestart extends ZdtCommand {
  static override summary = 'Restart Keepalived on a host that is BACKUP for all of its VIPs; refused elsewhere.'
  static override examples = ['<%= config.bin %> keepalived restart --host lb2']
  static override flags = {
    ...runFlags,
    host: Flags.string({ required: true, summary: 'Where.', helpValue: 'HOST' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(KeepalivedRestart)
    await this.carryOut(flags, keepalivedRestart, { host: flags.host })
  }
}
