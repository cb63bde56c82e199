import { fleetFlags } from '../cli/flags.ts'
import { operatorName } from '../cli/operator-name.ts'
import { runArg } from '../cli/run-arg.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { leftWordText } from '../views/left-word-text.ts'

export default class Promote extends ZdtCommand {
  static override summary = 'Say yes to the approval that a run waits for, from anywhere that reaches its hosts.'
  static override description =
    'Such as for the next share of a canary: zdt rollout POOL --to VERSION --strategy canary --approve --yes --wait-for-approval 1h. It hears of it within 10 s; who said so is in its journal.'
  static override examples = ['<%= config.bin %> promote 7K2Q9X']
  static override args = { run: runArg({ required: true }) }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Promote)
    const { leaveWord } = await import('../operations/leave-word.ts')
    const saying = { run: args.run, verb: 'promote', by: operatorName() } as const
    await this.report(flags, (fleet, hosts) => leaveWord(fleet, hosts, saying), leftWordText)
  }
}
