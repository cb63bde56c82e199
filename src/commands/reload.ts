import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { durationFlag, inPlaceFlag, runFlags } from '../cli/flags.ts'
import { ZdtCommand } from '../cli/zdt-command.ts'
import { reload } from '../operations/config/reload.ts'

export default class Reload extends ZdtCommand {
  static override summary = 'Have a daemon read the files that lie on its host, and prove that it did.'
  static override description =
    'Tried first with those very files. What operators have set in HAProxy at run time is there afterwards.'
  static override examples = ['<%= config.bin %> reload nginx --host web1 --probe fleet']
  static override args = {
    service: Args.string({
      required: true,
      description: 'The daemon (haproxy, nginx, keepalived), or its group: haproxy/edge.',
    }),
  }
  static override flags = {
    ...runFlags,
    timeout: durationFlag({
      default: '5m',
      summary: 'With nginx: how long each wait may take, for connections to end and for checks to pass.',
    }),
    'allow-empty': Flags.boolean({ summary: 'Go on where a pool would have too few servers, or none, afterwards.' }),
    'in-place': inPlaceFlag,
    host: Flags.string({ required: true, summary: 'The host, by its name in zdt.yaml.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Reload)
    const { host, timeout, 'allow-empty': allowEmpty, 'in-place': inPlace } = flags
    await this.carryOut(flags, reload, { host, service: args.service, timeout, allowEmpty, inPlace })
  }
}
