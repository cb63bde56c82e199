import { fleetFlags } from '../cli/flags.ts'
import { operatorName } from '../cli/operator-name.ts'
import { runArg } from '../cli/run-arg.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { leftWordText } from '../views/left-word-text.ts'

export default class Pause extends ZdtCommand {
  static override summary = 'Pause a run that is at work, from anywhere that reaches its hosts.'
  static override description =
    'As Ctrl-C at its own terminal: the step in hand is finished, a wait ends at once. It hears of it within 10 s; who said so is in its journal. Go on with zdt resume, or take it back with zdt rollback.'
  static override examples = ['<%= config.bin %> pause 7K2Q9X']
  static override args = { run: runArg({ required: true }) }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Pause)
    const { leaveWord } = await import('../operations/leave-word.ts')
    const saying = { run: args.run, verb: 'pause', by: operatorName() } as const
    await this.report(flags, (fleet, hosts) => leaveWord(fleet, hosts, saying), leftWordText)
  }
}
