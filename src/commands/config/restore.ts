import { liveFlags, runFlags } from '../../cli/flags.ts'
import { liveOptions } from '../../cli/live-options.ts'
import { versionArgs } from '../../cli/version-args.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { restoreConfig } from '../../operations/config/restore.ts'

export default class ConfigRestore extends ZdtCommand {
  static override summary =
    'Put a version that a host keeps live again: tried, put in place, reloaded and proved as any other.'
  static override examples = ['<%= config.bin %> config restore lb1 haproxy 7K2Q9X --probe fleet']
  static override args = versionArgs
  static override flags = {
    ...runFlags,
    ...liveFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigRestore)
    await this.carryOut(flags, restoreConfig, { ...args, ...liveOptions(flags) })
  }
}
