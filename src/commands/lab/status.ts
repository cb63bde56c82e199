import * as Flags from '@oclif/core/flags'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { labStatus, statusLines } from '../../lab/status.ts'

export default class LabStatus extends ZdtCommand {
  static override summary = "Show the lab's hosts: address, up or not, since when, and who holds the VIP."
  static override flags = {
    name: Flags.string({ summary: "The lab's name.", env: 'ZDT_LAB', default: 'lab' }),
    json: Flags.boolean({ summary: 'As one JSON document.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabStatus)
    const status = await labStatus(flags.name)
    this.log(flags.json ? JSON.stringify(status, undefined, 2) : statusLines(status).join('\n'))
  }
}
