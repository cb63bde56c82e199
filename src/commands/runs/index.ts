import * as Flags from '@oclif/core/flags'
import { fleetFlags } from '../../cli/flags.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { allRuns } from '../../operations/half-done.ts'
import { runsText } from '../../views/runs-text.ts'

export default class Runs extends ZdtCommand {
  static override summary = "List runs, the latest first: this machine's, and those that the fleet's hosts tell of."
  static override flags = {
    ...fleetFlags,
    here: Flags.boolean({ summary: "Only this machine's: asks no host." }),
    limit: Flags.integer({ summary: 'How many to show.', default: 20, min: 1 }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Runs)
    const { withWorldIfAny } = await import('../../cli/world.ts')
    const { runs, unseen } = flags.here ? await allRuns() : await withWorldIfAny(flags.fleet, allRuns)
    for (const { host, why } of unseen) process.stderr.write(`${host} not asked: ${why}\n`)
    this.show(flags, runs.slice(0, flags.limit), runsText)
  }
}
