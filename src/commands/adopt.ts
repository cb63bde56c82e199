import * as Flags from '@oclif/core/flags'
import { fleetFlags } from '../cli/flags.ts'
import { refuseWithoutTerminal } from '../cli/refuse-without-terminal.ts'
import { runArg } from '../cli/run-arg.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { adoptedText } from '../views/lock-text.ts'

export default class Adopt extends ZdtCommand {
  static override summary = 'Take a run over from another machine, to resume it or roll it back from here.'
  static override description =
    'Its journal comes from the hosts that it touched. A zdt that still works on it elsewhere can change nothing more.'
  static override examples = ['<%= config.bin %> adopt 7K2Q9X']
  static override args = { run: runArg({ required: true }) }
  static override flags = { ...fleetFlags, yes: Flags.boolean({ char: 'y', summary: 'Ask nothing.' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Adopt)
    refuseWithoutTerminal(flags)
    const { adopt } = await import('../cli/adopt.ts')
    await this.report(flags, (fleet, hosts) => adopt(fleet, hosts, args.run, flags.yes), adoptedText)
  }
}
