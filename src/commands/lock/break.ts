import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { fleetFlags } from '../../cli/flags.ts'
import { refuseWithoutTerminal } from '../../cli/refuse-without-terminal.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { brokenText } from '../../views/lock-text.ts'

export default class LockBreak extends ZdtCommand {
  static override summary = 'Break the locks on a host; whoever holds them can change nothing more there.'
  static override args = { host: Args.string({ required: true, description: 'The host, by its name in zdt.yaml.' }) }
  static override flags = { ...fleetFlags, yes: Flags.boolean({ char: 'y', summary: 'Ask nothing.' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LockBreak)
    refuseWithoutTerminal(flags)
    const { breakLock } = await import('../../cli/break-lock.ts')
    await this.report(flags, (fleet, hosts) => breakLock(fleet, hosts, args.host, flags.yes), brokenText)
  }
}
