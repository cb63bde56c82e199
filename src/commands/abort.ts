import { fleetFlags } from '../cli/flags.ts'
import { operatorName } from '../cli/operator-name.ts'
import { runArg } from '../cli/run-arg.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { leftWordText } from '../views/left-word-text.ts'

export default class Abort extends ZdtCommand {
  static override summary =
    'Abort a run that is at work, from anywhere that reaches its hosts: what it did is put back.'
  static override description =
    'The step in hand is finished, a wait ends at once; then everything that was done is put back, and nobody is asked. It hears of it within 10 s; who said so is in its journal.'
  static override examples = ['<%= config.bin %> abort 7K2Q9X']
  static override args = { run: runArg({ required: true }) }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Abort)
    const { leaveWord } = await import('../operations/leave-word.ts')
    const saying = { run: args.run, verb: 'abort', by: operatorName() } as const
    await this.report(flags, (fleet, hosts) => leaveWord(fleet, hosts, saying), leftWordText)
  }
}
