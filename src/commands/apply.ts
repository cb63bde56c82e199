import * as Args from '@oclif/core/args'
import { batchFlag, liveFlags, runFlags } from '../cli/flags.ts'
import { liveOptions } from '../cli/live-options.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { apply } from '../operations/config/apply.ts'

export default class Apply extends ZdtCommand {
  static override summary =
    'Bring the hosts’ configurations to what zdt.yaml and the templates say, and prove that they run.'
  static override description =
    'Shows the difference; uploads and tries it on every host; then, host by host, backups before the holder of a VIP: put in place, reload, proof. A failure puts the files of before back, reloads, and proves that.'
  static override examples = [
    '<%= config.bin %> apply --probe fleet',
    '<%= config.bin %> apply haproxy/edge --batch 1,50%',
  ]
  static override strict = false
  static override args = {
    names: Args.string({ description: 'Hosts and services, such as lb1 or haproxy/edge; all where none is named.' }),
  }
  static override flags = {
    ...runFlags,
    batch: batchFlag,
    ...liveFlags,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Apply)
    const options = { selection: argv.map(String), batches: flags.batch, ...liveOptions(flags) }
    await this.carryOut(flags, apply, options)
  }
}
