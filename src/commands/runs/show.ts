import * as Flags from '@oclif/core/flags'
import { runArg } from '../../cli/run-arg.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { runHere } from '../../operations/find-run.ts'
import { describeStep } from '../../steps/index.ts'
import { runText } from '../../views/runs-text.ts'

export default class RunsShow extends ZdtCommand {
  static override summary = 'Tell a run from its journal: what was found, done and put back, and when.'
  static override args = { run: runArg({ required: true }) }
  static override flags = { json: Flags.boolean({ summary: 'Print the events as one JSON document on stdout.' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RunsShow)
    const { events } = await runHere(args.run)
    this.show(flags, events, (told, page) => runText(told, describeStep, page))
  }
}
