import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { exitCodes } from '../lib/exit-codes.ts'
import { runbookFlags } from '../cli/runbook/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { shippedRunbooks } from '../fleet/shipped-runbooks.ts'
import { runbooksText } from '../views/runbooks-text.ts'

export default class Run extends ZdtCommand {
  static override summary = 'Run a runbook: verbs of zdt one after the other, with hooks and approvals between them.'
  static override description =
    'Everything is checked before anything is run. Each step is a run of its own, with its locks, plan, proof and way back. One that fails puts itself back, and the runbook stops there: resume goes on with that step, rollback takes back all that were done, the last first. An approval is asked at the terminal; unattended the runbook pauses there, and whoever resumes it has said yes. FILE may be the name of one that zdt brings along: --list.'
  static override examples = [
    '<%= config.bin %> run kernel.yaml --probe fleet',
    '<%= config.bin %> run rolling-deploy --var pool=shop --var version=2.0.0 --yes',
    '<%= config.bin %> run --list',
  ]
  static override args = {
    file: Args.string({ description: 'The runbook: a YAML file, or one of --list by its name.' }),
  }
  static override flags = {
    ...runbookFlags,
    list: Flags.boolean({ summary: 'List the runbooks that zdt brings along, with their variables.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Run)
    if (flags.list) return this.show(flags, { runbooks: await shippedRunbooks() }, runbooksText)
    const { runRunbook } = await import('../cli/runbook/run.ts')
    const exit = await runRunbook(args.file, flags, this.config)
    process.exitCode = exitCodes[exit].code
  }
}
