import * as Flags from '@oclif/core/flags'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { ensureBase } from '../../lab/base/build.ts'
import { refuseWithoutLab } from '../../lab/possible.ts'
import { suites } from '../../lab/shape.ts'

export default class LabBuild extends ZdtCommand {
  static override summary = "Build the root file system of the lab's hosts, if there is none of this recipe yet."
  static override flags = {
    suite: Flags.option({ options: suites, summary: "The hosts' Debian release.", default: 'trixie' as const })(),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabBuild)
    refuseWithoutLab()
    await ensureBase(flags.suite, (line) => this.logToStderr(line))
  }
}
