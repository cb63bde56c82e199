import * as Flags from '@oclif/core/flags'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { becomeInLab } from '../../lab/exec.ts'

export default class LabShell extends ZdtCommand {
  static override summary = "Open a shell inside the lab's network, with its zdt, its ssh and its fleet."
  static override flags = { name: Flags.string({ summary: "The lab's name.", env: 'ZDT_LAB', default: 'lab' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabShell)
    await becomeInLab(flags.name, [process.env['SHELL'] ?? '/bin/sh'])
  }
}
