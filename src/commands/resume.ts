import { takenUpFlags, waitForApprovalFlag } from '../cli/flags.ts'
import { runArg } from '../cli/run-arg.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'

export default class Resume extends ZdtCommand {
  static override summary = 'Go on with a run that was interrupted, paused or killed.'
  static override description =
    'Looks at the world first: a step that was finished or undone by hand is recognised, and a world that is neither as before nor as after is shown and asked about, never overwritten.'
  static override examples = ['<%= config.bin %> resume 7K2Q9X']
  static override args = { run: runArg({ required: true }) }
  static override flags = { ...takenUpFlags, 'wait-for-approval': waitForApprovalFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Resume)
    await this.takeUp(args.run, 'resume', flags)
  }
}
