import { takenUpFlags } from '../cli/flags.ts'
import { runArg } from '../cli/run-arg.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'

export default class Rollback extends ZdtCommand {
  static override summary = 'Take back what a run did, finished or not, last change first.'
  static override description =
    'Looks at the world first: what was put back by hand is recognised. Waits are skipped, the capacity check never is.'
  static override examples = ['<%= config.bin %> rollback 7K2Q9X']
  static override args = { run: runArg({ required: true }) }
  static override flags = takenUpFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Rollback)
    await this.takeUp(args.run, 'rollback', flags)
  }
}
