import { fleetFlags } from '../../cli/flags.ts'
import { runArg } from '../../cli/run-arg.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { runAnywhere, runHere } from '../../operations/find-run.ts'
import { openEnd } from '../../operations/half-done.ts'
import { describeStep } from '../../steps/index.ts'
import { runText } from '../../views/runs-text.ts'

export default class RunsShow extends ZdtCommand {
  static override summary = 'Tell a run from its journal: what was found, done and put back, and when.'
  static override description =
    "Where this machine's journal tells no end of it, the fleet's hosts are asked for what they have."
  static override args = { run: runArg({ required: true }) }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RunsShow)
    const { withWorldIfAny } = await import('../../cli/world.ts')
    const events = await withWorldIfAny(flags.fleet, (fleet, hosts) => runAnywhere(args.run, fleet, hosts))
    const isHere = await runHere(args.run).then(
      () => true,
      () => false,
    )
    this.show(flags, events, (told, page) => runText(told, describeStep, page, openEnd(told, isHere)))
  }
}
