import * as Flags from '@oclif/core/flags'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { labDown } from '../../lab/down.ts'

export default class LabDown extends ZdtCommand {
  static override summary = 'Take the lab away: its hosts, network, mounts and files.'
  static override flags = { name: Flags.string({ summary: "The lab's name.", env: 'ZDT_LAB', default: 'lab' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabDown)
    await labDown(flags.name, (line) => this.logToStderr(line))
  }
}
