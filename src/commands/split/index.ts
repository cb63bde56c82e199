import * as Args from '@oclif/core/args'
import { fleetFlags } from '../../cli/flags.ts'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { showSplits } from '../../operations/split/show.ts'
import { splitText } from '../../views/split-text.ts'

export default class Split extends ZdtCommand {
  static override summary = 'Show which clients are sent to which of two pools, and how those answer.'
  static override examples = ['<%= config.bin %> split', '<%= config.bin %> split shop --json']
  static override args = {
    name: Args.string({ description: 'A split, by its name in zdt.yaml; all where none is named.' }),
  }
  static override flags = fleetFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Split)
    await this.report(flags, (fleet, hosts) => showSplits(fleet, hosts, args.name), splitText)
  }
}
