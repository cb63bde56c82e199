import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { binaryFlag } from '../cli/candidate-flags.ts'
import { batchFlag, durationFlag, hostsFlag, runFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { upgradeApp } from '../operations/upgrade-app.ts'

export default class Upgrade extends ZdtCommand {
  static override summary =
    'Upgrade an application in place by its own word (USR2, reload), as zdt.yaml describes it under `apps:`, without losing a request.'
  static override description =
    'Batch by batch drained from its load balancers, its program replaced, the word given, the new process proved by the file that it runs, held, the old processes gone, and back after a fresh check. A failure puts the old program back and has it run; should the application die, its host itself does, with zdt or without.'
  static override examples = [
    '<%= config.bin %> upgrade shop --binary ./shop-2.0.0 --probe fleet',
    '<%= config.bin %> upgrade shop --host app1 --yes   # what a pipeline has put there already',
  ]
  static override args = {
    app: Args.string({ required: true, description: 'The application, by its name in zdt.yaml.' }),
  }
  static override flags = {
    ...runFlags,
    host: hostsFlag({ summary: 'Some of its hosts; all where none is named.' }),
    binary: binaryFlag({
      summary: 'The new program, a file on this machine. Default: what lies on the hosts already.',
    }),
    batch: batchFlag,
    timeout: durationFlag({ default: '5m', summary: 'How long each wait may take.' }),
    hold: durationFlag({ default: '5s', summary: 'How long the new process must live before it gets traffic.' }),
    'allow-empty': Flags.boolean({ summary: 'Drain a host even where too few servers, or none, would be left.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Upgrade)
    const { host: hosts = [], binary, batch, timeout, hold, 'allow-empty': allowEmpty } = flags
    const options = { app: args.app, hosts, binary, batch, timeout, hold, allowEmpty }
    await this.carryOut(flags, upgradeApp, options)
  }
}
