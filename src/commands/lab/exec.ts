import * as Flags from '@oclif/core/flags'
import { ZdtCommand } from '../../cli/zdt-command.ts'
import { becomeInLab } from '../../lab/exec.ts'

export default class LabExec extends ZdtCommand {
  static override summary = "Run a command inside the lab's network, with its zdt, its ssh and its fleet."
  static override examples = [
    '<%= config.bin %> lab exec -- zdt status',
    '<%= config.bin %> lab exec -- ssh lb1 uptime',
  ]
  static override usage = 'lab exec [--name VALUE] -- CMD [ARG...]'
  static override strict = false
  static override flags = { name: Flags.string({ summary: "The lab's name.", env: 'ZDT_LAB', default: 'lab' }) }

  async run(): Promise<void> {
    const { flags, raw } = await this.parse(LabExec)
    const words = raw.filter((each) => each.type === 'arg').map((each) => each.input)
    if (words.length === 0) this.error('What should run? For example: zdt lab exec -- zdt status', { exit: 2 })
    await becomeInLab(flags.name, words)
  }
}
